import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { operationsEndpoints } from '@alexandrite/telemetry/operations-endpoints';

/** Serves `/metrics` and `/health` of what is no service itself. Port 0 takes a free one. */
export async function serveMetrics(
  metrics: Metrics,
  place: { host: string; port: number; metricsToken?: string | undefined },
): Promise<{ port: number } & AsyncDisposable> {
  const { metricsToken } = place;
  const endpoints = operationsEndpoints({ metrics, metricsToken, readiness: () => ({ running: true }) });
  const server = createServer((request, response) => {
    if (!endpoints(request, response)) response.writeHead(404).end();
  });
  server.listen(place.port, place.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}
