import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from '@alexandrite/lifecycle';
import { openAll } from '@alexandrite/lifecycle/closers';
import type { Ports } from '@alexandrite/ports';
import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import { createLog } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { operationsEndpoints } from '@alexandrite/telemetry/operations-endpoints';
import type { Env } from './env.ts';
import { measureEngine } from './queue/engine-metrics.ts';
import { KnownFeatures } from './queue/known-features.ts';
import { durableOf, takeRequests } from './queue/take-requests.ts';
import { Pool } from './worker/pool.ts';

/** A pricing engine: any number of them share the queues. Its HTTP side is for operations only. */
export async function build(env: Env, { bus, cache, files }: Ports): Promise<Service> {
  const log = createLog({ service: 'pricing-engine', level: env.logLevel });
  const metrics = new Metrics('pricing-engine');
  const { value, closers } = await openAll(async (closers) => {
    const tariffs = loadTariffs();
    const { limits } = env;
    const endpoints = operationsEndpoints({ metrics, readiness: () => ({ bus: bus.connected }) });
    const server = createServer((request, response) => {
      if (!endpoints(request, response)) response.writeHead(404).end();
    });
    server.listen(env.port, env.host);
    await once(server, 'listening');
    closers.add('operations', async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });

    const pool = closers.use(new Pool({ size: env.workers, limits }), 'the threads');
    const durables = { B2B: durableOf('B2B'), B2C: durableOf('B2C') };
    closers.use(
      await takeRequests({
        bus,
        log,
        files,
        pool,
        tariffs,
        limits,
        known: new KnownFeatures(cache, log),
        metrics: measureEngine({ metrics, bus, log, pool, durables }),
      }),
      'the queues',
    );
    const { port } = server.address() as AddressInfo;
    return { url: `http://${env.host}:${port}` };
  });
  return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}
