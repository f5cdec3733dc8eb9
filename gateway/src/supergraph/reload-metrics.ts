import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Generations } from '../engine/generations.ts';
import type { ReloadOutcome } from './reloads.ts';

export interface ReloadMetrics {
  ended(outcome: ReloadOutcome): void;
}

export function reloadMetrics(metrics: Metrics, generations: Generations): ReloadMetrics {
  metrics.gauge({
    name: 'gateway_supergraph_generation',
    help: 'The supergraph that is served: 1 is the one of the start, each new one counts on.',
    collect() {
      this.set(generations.current().number);
    },
  });
  metrics.gauge({
    name: 'gateway_supergraph_generations_alive',
    help: 'The one that is served, and those before it that still have requests or subscriptions.',
    collect() {
      this.set(generations.alive);
    },
  });
  const reloads = metrics.counter({
    name: 'gateway_supergraph_reloads_total',
    help: 'Looks at the source of the supergraph, by outcome: installed, unchanged, refused, unreadable.',
    labelNames: ['outcome'],
  });
  const succeeded = metrics.gauge({
    name: 'gateway_supergraph_last_success_timestamp_seconds',
    help: 'When the source was last seen to hold what is served, in seconds since 1970.',
  });
  for (const outcome of ['installed', 'unchanged', 'refused', 'unreadable']) reloads.inc({ outcome }, 0);
  succeeded.setToCurrentTime();
  return {
    ended(outcome) {
      reloads.inc({ outcome });
      if (outcome === 'installed' || outcome === 'unchanged') succeeded.setToCurrentTime();
    },
  };
}
