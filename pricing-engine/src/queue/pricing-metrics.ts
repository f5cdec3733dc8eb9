import type { Bus } from '@alexandrite/bus';
import type { Channel, PricingCalculated } from '@alexandrite/schema/events';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Pool } from '../worker/pool.ts';
import { channels, durables } from './durables.ts';
import type { FairTurns } from './fair-turns.ts';

/** How a request ended: where its features came from, or why there is no price. */
export type Outcome = PricingCalculated['source'] | 'REFUSED' | 'QUARANTINED' | 'FAULT' | 'CANCELLED';

interface Watched {
  registry: Metrics;
  bus: Bus;
  log: Log;
  pool: Pool;
  turns: FairTurns;
}

/** The figures of one engine, and of the queues as the bus counts them. */
export class PricingMetrics {
  readonly #requests;
  readonly #seconds;
  readonly #cacheFaults;
  readonly #estimates;

  constructor({ registry, bus, log, pool, turns }: Watched) {
    this.#requests = registry.counter({
      name: 'pricing_requests_total',
      help: 'Requests by how they ended.',
      labelNames: ['channel', 'outcome'],
    });
    // An alert asks for the increase: the first one must not be the beginning.
    for (const channel of channels)
      for (const outcome of ['FAULT', 'QUARANTINED']) this.#requests.inc({ channel, outcome }, 0);
    this.#seconds = registry.histogram({
      name: 'pricing_seconds',
      help: 'From the turn of a request to its answer.',
      labelNames: ['channel', 'outcome'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30],
    });
    this.#estimates = registry.counter({
      name: 'pricing_estimates_total',
      help: 'Requests that were answered with an estimate first.',
      labelNames: ['channel'],
    });
    this.#cacheFaults = registry.counter({
      name: 'pricing_cache_faults_total',
      help: 'Times the cache of features did not answer.',
    });
    registry.gauge({
      name: 'pricing_threads',
      help: 'Threads that may measure models.',
      collect() {
        this.set(pool.size);
      },
    });
    registry.gauge({
      name: 'pricing_threads_busy',
      help: 'Threads that measure a model.',
      collect() {
        this.set(pool.busy);
      },
    });
    registry.gauge({
      name: 'pricing_requests_waiting',
      help: 'Requests taken from the queue that wait for their turn.',
      labelNames: ['channel'],
      collect() {
        for (const channel of channels) this.set({ channel }, turns.waiting(channel));
      },
    });
    registry.gauge({
      name: 'pricing_queue_messages',
      help: 'Requests in the queue: pending ones nobody has taken, in flight ones are worked on.',
      labelNames: ['channel', 'state'],
      async collect() {
        for (const channel of channels) {
          try {
            const { pending, inFlight } = await bus.depth('PRICING_REQUESTS', durables[channel]);
            this.set({ channel, state: 'pending' }, pending);
            this.set({ channel, state: 'in_flight' }, inFlight);
          } catch (error) {
            this.remove({ channel, state: 'pending' }); // rather no figure than an old one
            this.remove({ channel, state: 'in_flight' });
            log.warn({ err: error, channel }, 'the depth of a queue could not be read');
          }
        }
      },
    });
  }

  answered(channel: Channel, outcome: Outcome, seconds: number | null): void {
    this.#requests.inc({ channel, outcome });
    if (seconds !== null) this.#seconds.observe({ channel, outcome }, seconds);
  }

  estimated(channel: Channel): void {
    this.#estimates.inc({ channel });
  }

  cacheFault(): void {
    this.#cacheFaults.inc();
  }
}
