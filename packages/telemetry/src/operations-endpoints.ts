import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

export interface OperationsOptions {
  metrics: Metrics;
  /** What must be true for the service to be sent traffic, by name: `{ bus: bus.connected, stopping: false }` is not. */
  readiness: () => Record<string, boolean>;
  /** Whether an `Authorization` header is an admin's; a rejection counts as no. Without it only loopback may read. */
  isAdmin?: (authorization: string) => Promise<boolean>;
  /** Prometheus' own bearer token, where it runs on another machine. Without it there is none. */
  metricsToken?: string | undefined;
}

/**
 * Answers `/health/live`, `/health/ready` and `/metrics` on a node:http server. The function returns false, having
 * touched nothing, when the request is for something else.
 *
 * `/metrics` is for loopback, asked directly (a proxy's request comes from loopback too), for an admin's token, or for the
 * token of whoever collects metrics.
 */
export function operationsEndpoints({ metrics, readiness, isAdmin, metricsToken }: OperationsOptions) {
  const collector = metricsToken === undefined ? undefined : digest(`Bearer ${metricsToken}`);

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== '/health/live' && path !== '/health/ready' && path !== '/metrics') return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response.setHeader('allow', 'GET, HEAD'), 405, { error: 'expected GET' });
    } else if (path === '/health/live') {
      answer(response, 200, { live: true });
    } else if (path === '/health/ready') {
      const checks = readiness();
      const ready = Object.values(checks).every((passed) => passed);
      answer(response, ready ? 200 : 503, { ready, checks });
    } else {
      serveMetrics(request, response).catch((error: unknown) => {
        if (!response.headersSent) answer(response, 500, { error: 'metrics could not be collected' });
        else response.destroy(error instanceof Error ? error : undefined);
      });
    }
    return true;
  };

  async function serveMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isDirectFromLoopback(request) && !isCollector(request) && !(await asksAsAdmin(request))) {
      answer(response, 403, { error: 'expected a request from this machine, or the token of an admin' });
      return;
    }
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text);
  }

  function isCollector({ headers: { authorization } }: IncomingMessage): boolean {
    return collector !== undefined && !!authorization && timingSafeEqual(digest(authorization), collector);
  }

  async function asksAsAdmin(request: IncomingMessage): Promise<boolean> {
    const { authorization } = request.headers;
    if (!authorization || !isAdmin) return false;
    return isAdmin(authorization).catch(() => false);
  }
}

/** What proxies add, each in its own way. */
const ofProxies = ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'via', 'x-real-ip'];

/** Whether somebody on this machine asks, without a proxy between. */
export function isDirectFromLoopback(request: IncomingMessage): boolean {
  if (ofProxies.some((name) => request.headers[name] !== undefined)) return false;
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return address === '::1' || address.startsWith('127.');
}

/** Of equal length, whatever is compared. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
