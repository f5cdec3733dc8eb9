import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { AudienceOf } from '../budgets/audience-of.ts';
import type { Caller } from '../caller/caller.ts';
import type { CompilationObserver } from '../operation/compilation-observer.ts';
import type { Generation } from './generation.ts';
import { watchCompilations } from './watch-compilations.ts';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Outcome = 'ok' | 'errors' | 'refused' | 'fault';

/** What is counted about operations, and the requests to subgraphs that they spared. */
export interface EngineMetrics {
  /** An operation has ended that began then, by `performance.now()`. */
  operation(caller: Caller, kind: string, outcome: Outcome, began: number): void;
  shared(): void;
  /** Entities that were not asked for again within a request. */
  entitiesKnown(count: number): void;
  /** Requests that were spared because fetches travelled together. */
  fetchesJoined(count: number): void;
  readonly compilations: CompilationObserver;
}

export function engineMetrics(
  metrics: Metrics,
  generation: () => Generation,
  audienceOf: AudienceOf,
): EngineMetrics {
  const operations = metrics.durations({
    name: 'gateway_operation_seconds',
    help: 'Queries and mutations, by audience, kind and outcome.',
    labelNames: ['audience', 'kind', 'outcome'],
    buckets: seconds,
  });
  const byAudience = onceEach((audience) =>
    onceEach((kind) => onceEach((outcome) => operations.series({ audience, kind, outcome }))),
  );
  const shared = metrics.counter({
    name: 'gateway_shared_fetches_total',
    help: 'Fetches that were answered by an equal one in flight.',
  });
  const known = metrics.counter({
    name: 'gateway_entities_known_total',
    help: 'Entities that another fetch of the same request had asked for already.',
  });
  const joined = metrics.counter({
    name: 'gateway_joined_fetches_total',
    help: 'Fetches of entities that went to their subgraph in the request of another one.',
  });
  metrics.gauge({
    name: 'gateway_operation_cache_entries',
    help: 'Compiled operations that are kept.',
    collect() {
      this.set(generation().operations.size);
    },
  });
  // The caches count, since a number is cheaper there than a metric; each generation has one of its own.
  for (const what of ['hits', 'misses'] as const) {
    let cache: Generation['operations'] | undefined;
    let counted = 0;
    metrics.counter({
      name: `gateway_operation_cache_${what}_total`,
      help: `Operations that were ${what === 'hits' ? 'compiled already' : 'compiled'} when a request came.`,
      collect() {
        const { operations } = generation();
        if (operations !== cache) counted = 0;
        cache = operations;
        this.inc(operations[what] - counted);
        counted = operations[what];
      },
    });
  }
  return {
    operation: ({ claims }, kind, outcome, began) =>
      byAudience(audienceOf(claims))(kind)(outcome)((performance.now() - began) / 1_000),
    shared: () => shared.inc(),
    entitiesKnown: (count) => known.inc(count),
    fetchesJoined: (count) => joined.inc(count),
    compilations: watchCompilations(metrics),
  };
}

/** Makes something for each name that comes, once; there are few. */
function onceEach<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    let known = made.get(name);
    if (known === undefined) {
      known = make(name);
      made.set(name, known);
    }
    return known;
  };
}
