import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Log } from '@alexandrite/telemetry/log';
import { requestSpan } from '@alexandrite/telemetry/request-span';
import { startTrace, traceHeaders, withTrace } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { Pool } from 'undici';
import type { Door } from './public-server.ts';

export interface ProxyOptions {
  /** What is passed on: this path and everything below it. */
  prefix: string;
  target: string;
  maxBodyBytes: number;
  timeoutMs: number;
}

export interface Proxy extends AsyncDisposable {
  door: Door;
}

/** Headers that speak of one connection only. */
const ofConnection = [
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
];
/** Who somebody is, the gateway says, and not by these; what is proxied needs no identity. */
const ofIdentity = [
  'authorization',
  'cookie',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-gateway-context',
  'x-real-ip',
];

const tracer = tracerOf('gateway');

/** Passes requests below a prefix on to another server, streamed in both directions, with a limit on the body. */
export function createProxy({ prefix, target, maxBodyBytes, timeoutMs }: ProxyOptions, log: Log): Proxy {
  const { origin, pathname } = new URL(target);
  const base = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, {
    connections: 256, // slow uploads hold theirs for as long as they take
    keepAliveTimeout: 4_000, // 4 seconds: below the 5 after which Node's servers hang up
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
      refuse(response, 413, `Expected at most ${maxBodyBytes} bytes.`);
      return;
    }
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const limited = new Limit(maxBodyBytes);
    const hasBody =
      request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
    if (hasBody) pipeline(request, limited).catch((error: Error) => limited.destroy(error));
    const answer = await pool.request({
      method: request.method as 'GET',
      path: base + (request.url ?? '/'),
      headers: forwarded(request),
      body: hasBody ? limited : null,
      signal: gone.signal,
    });
    response.writeHead(answer.statusCode, without(answer.headers, ofConnection));
    await pipeline(Readable.from(answer.body), response);
  }

  return {
    door(request, response) {
      const url = request.url ?? '';
      if (!url.startsWith(prefix) || !/^[/?]|^$/.test(url.slice(prefix.length))) return false;
      const { traceparent } = request.headers;
      const trace =
        requestSpan(tracer, request, response, prefix)?.trace ??
        startTrace(typeof traceparent === 'string' ? traceparent : undefined);
      withTrace(trace, () => {
        pass(request, response).catch((error: unknown) => {
          if (response.destroyed) return;
          if (response.headersSent) response.destroy();
          else if (error instanceof TooLarge) refuse(response, 413, error.message);
          else {
            log.warn({ err: error, prefix }, 'a proxied request failed');
            refuse(response, 502, 'What is behind this address does not answer.');
          }
        });
      });
      return true;
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

class TooLarge extends Error {}

/** Ends a body that goes on behind its limit, whatever its headers have said. */
class Limit extends Transform {
  #left: number;
  readonly #limit: number;

  constructor(limit: number) {
    super();
    this.#limit = limit;
    this.#left = limit;
  }

  override _transform(chunk: Buffer, _: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.#left -= chunk.length;
    if (this.#left < 0) done(new TooLarge(`Expected at most ${this.#limit} bytes.`));
    else done(null, chunk);
  }
}

function forwarded(request: IncomingMessage): Record<string, string | string[]> {
  // Names listed in Connection belong to the connection, too.
  const listed = (request.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const headers = without(request.headers, [...ofConnection, ...ofIdentity, ...listed]);
  const address = request.socket.remoteAddress;
  if (address) headers['x-forwarded-for'] = address;
  if (request.headers.host) headers['x-forwarded-host'] = request.headers.host;
  headers['x-forwarded-proto'] = 'http';
  return { ...headers, ...traceHeaders() };
}

function without(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !names.includes(name)) kept[name] = value;
  }
  return kept;
}

/** The rest of the body is not read: the connection ends. */
function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
    .end(`${JSON.stringify({ error: message })}\n`);
}
