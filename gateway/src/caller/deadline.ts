import type { IncomingHttpHeaders } from 'node:http';

/** How clients, and proxies before the gateway, say how many milliseconds they will wait. */
const headers = ['x-request-timeout-ms', 'x-envoy-expected-rq-timeout-ms'] as const;

/** When a client gives up, by `performance.now()`; undefined when it does not say. */
export function deadlineOf(request: IncomingHttpHeaders): number | undefined {
  for (const name of headers) {
    const asked = request[name];
    if (typeof asked === 'string' && /^\d{1,9}$/.test(asked)) return performance.now() + Number(asked);
  }
  return undefined;
}
