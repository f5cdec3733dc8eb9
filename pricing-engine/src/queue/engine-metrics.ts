import type { Bus } from '@alexandrite/bus';
import type { Channel, PricingResult } from '@alexandrite/schema/events';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Pool } from '../worker/pool.ts';

/** The figures of one engine, and of the queues as the bus counts them. */
export interface EngineMetrics {
  answered(channel: Channel, result: PricingResult): void;
  faulted(channel: Channel): void;
}

interface Measured {
  metrics: Metrics;
  bus: Bus;
  log: Log;
  pool: Pool;
  /** The durable of each channel. */
  durables: Readonly<Record<Channel, string>>;
}

export function measureEngine({ metrics, bus, log, pool, durables }: Measured): EngineMetrics {
  const seconds = metrics.histogram({
    name: 'pricing_engine_seconds',
    help: 'From taking a request to its answer.',
    labelNames: ['channel', 'outcome', 'source'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 600],
  });
  const faults = metrics.counter({
    name: 'pricing_engine_faults_total',
    help: 'Attempts that ended without an answer.',
    labelNames: ['channel'],
  });
  metrics.gauge({
    name: 'pricing_engine_busy_threads',
    help: 'Models being measured.',
    collect() {
      this.set(pool.busy);
    },
  });
  metrics.gauge({
    name: 'pricing_queue_messages',
    help: 'Requests in the queue: pending ones nobody has taken, in flight ones are worked on.',
    labelNames: ['channel', 'state'],
    async collect() {
      for (const [channel, durable] of Object.entries(durables)) {
        try {
          const { pending, inFlight } = await bus.depth('PRICING_REQUESTS', durable);
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
  return {
    answered(channel, result) {
      const source = result.outcome === 'CALCULATED' ? result.source : 'NONE';
      seconds.observe({ channel, outcome: result.outcome, source }, result.seconds);
    },
    faulted: (channel) => faults.inc({ channel }),
  };
}
