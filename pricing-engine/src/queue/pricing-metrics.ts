import type { Channel, PricingCalculated } from '@alexandrite/schema/events';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Pool } from '../worker/pool.ts';
import type { FairTurns } from './fair-turns.ts';

/** How a request ended: where its features came from, or why there is no price. */
export type Outcome = PricingCalculated['source'] | 'REFUSED' | 'FAULT' | 'CANCELLED';

/** The figures of the engine. */
export class PricingMetrics {
  readonly #requests;
  readonly #seconds;
  readonly #cacheFaults;

  constructor(metrics: Metrics, pool: Pool, turns: FairTurns) {
    this.#requests = metrics.counter({
      name: 'pricing_requests_total',
      help: 'Requests by how they ended.',
      labelNames: ['channel', 'outcome'],
    });
    this.#seconds = metrics.histogram({
      name: 'pricing_seconds',
      help: 'From the turn of a request to its answer.',
      labelNames: ['channel', 'outcome'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30],
    });
    this.#cacheFaults = metrics.counter({
      name: 'pricing_cache_faults_total',
      help: 'Times the cache of features did not answer.',
    });
    metrics.gauge({
      name: 'pricing_threads',
      help: 'Threads that may measure models.',
      collect() {
        this.set(pool.size);
      },
    });
    metrics.gauge({
      name: 'pricing_threads_busy',
      help: 'Threads that measure a model.',
      collect() {
        this.set(pool.busy);
      },
    });
    metrics.gauge({
      name: 'pricing_requests_waiting',
      help: 'Requests taken from the queue that wait for their turn.',
      labelNames: ['channel'],
      collect() {
        for (const channel of ['B2B', 'B2C'] as const) this.set({ channel }, turns.waiting(channel));
      },
    });
  }

  answered(channel: Channel, outcome: Outcome, seconds: number | null): void {
    this.#requests.inc({ channel, outcome });
    if (seconds !== null) this.#seconds.observe({ channel, outcome }, seconds);
  }

  cacheFault(): void {
    this.#cacheFaults.inc();
  }
}
