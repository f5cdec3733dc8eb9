import type { Service } from '@alexandrite/lifecycle';
import { openAll } from '@alexandrite/lifecycle/closers';
import type { Ports } from '@alexandrite/ports';
import { createLog } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import type { Env } from './env.ts';
import { FolderStore } from './identity/folder-store.ts';
import { KnownModels } from './identity/known-models.ts';
import { SimilarModels } from './identity/similar-models.ts';
import { operationsServer } from './operations-server.ts';
import { Cancellations } from './queue/cancellations.ts';
import { FairTurns } from './queue/fair-turns.ts';
import { followDeadLetters } from './queue/follow-dead-letters.ts';
import { OneAtATime } from './queue/one-at-a-time.ts';
import { PricingMetrics } from './queue/pricing-metrics.ts';
import { Suspects } from './queue/suspects.ts';
import { takeRequests } from './queue/take-requests.ts';
import { PriceList } from './tariff/price-list.ts';
import { Pool } from './worker/pool.ts';

/** The pricing engine: takes models from the queues and answers with their prices. The ports stay their opener's. */
export async function build(env: Env, { bus, cache, files }: Ports): Promise<Service> {
  const log = createLog({ service: 'pricing-engine', level: env.logLevel });
  const registry = new Metrics('pricing-engine');
  let stopping = false;
  const { value: url, closers } = await openAll(async (closers) => {
    const { tariffs, metals, dataDir } = env;
    const prices = closers.use(
      await PriceList.open({ tariffs, metals, dataDir, log, registry }),
      'tariffs and metal prices',
    );
    const pool = closers.use(new Pool({ size: env.workers, limits: env.limits }), 'the threads');
    await pool.warm();
    const turns = new FairTurns(pool.size);
    const metrics = new PricingMetrics({ registry, bus, log, pool, turns });
    // Without Redis the cache is this process's memory; what was measured shall outlive it.
    const store = env.knownModels === null ? cache : new FolderStore({ folder: env.knownModels });
    const complain = (error: unknown) => {
      metrics.cacheFault();
      log.warn({ err: error }, 'the cache of features did not answer');
    };
    const known = new KnownModels(store, complain);
    const cancellations = closers.use(await Cancellations.listen(bus, log), 'cancellations');
    const similar = closers.use(new SimilarModels(store, complain), 'similar models');
    await similar.load();
    const { limits, language } = env;
    const suspects = new Suspects(store, complain);
    const measuring = new OneAtATime();
    const desk = { files, known, similar, suspects, measuring, pool, limits, prices, language };
    const taker = { ...desk, bus, log, turns, metrics, cancellations };
    for (const channel of ['B2B', 'B2C'] as const) {
      closers.use(await followDeadLetters(bus, log, channel), `dead letters of ${channel}`);
      closers.use(await takeRequests(taker, channel), `requests of ${channel}`);
    }
    const readiness = () => ({ bus: bus.connected, cache: cache.connected, running: !stopping });
    const server = closers.use(
      await operationsServer(env, { metrics: registry, readiness, metricsToken: env.metricsToken }),
      'the operations server',
    );
    return server.url;
  });
  return {
    url,
    [Symbol.asyncDispose]: () => {
      stopping = true;
      return closers[Symbol.asyncDispose]();
    },
  };
}
