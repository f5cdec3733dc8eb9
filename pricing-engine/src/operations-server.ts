import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from '@alexandrite/lifecycle';
import { type OperationsOptions, operationsEndpoints } from '@alexandrite/telemetry/operations-endpoints';

/** Health and metrics: the engine speaks to everybody else over the bus. */
export async function operationsServer(
  { host, port }: { host: string; port: number },
  options: OperationsOptions,
): Promise<Service> {
  const endpoints = operationsEndpoints(options);
  const server = createServer((request, response) => {
    if (endpoints(request, response)) return;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}\n');
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  let closing: Promise<unknown> | undefined;
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    async [Symbol.asyncDispose]() {
      if (!closing) {
        closing = once(server, 'close');
        server.close();
        server.closeIdleConnections();
        // A scraper that hangs must not keep the engine.
        setTimeout(() => server.closeAllConnections(), 1_000).unref();
      }
      await closing;
    },
  };
}
