import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { CompilationObserver } from '../operation/compilation-observer.ts';
import { type SendToSubgraph, SubgraphError } from '../subgraph/subgraph.ts';
import type { Generation } from './generation.ts';
import { watchCompilations } from './watch-compilations.ts';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What is counted about operations and the requests to subgraphs that they need. */
export interface EngineMetrics {
  /** Call when an operation begins; call what it returns when it has ended. */
  operation(kind: string): (outcome: 'ok' | 'errors' | 'refused' | 'fault') => void;
  shared(): void;
  /** Entities that were not asked for again within a request. */
  entitiesKnown(count: number): void;
  /** Requests that were spared because fetches travelled together. */
  fetchesJoined(count: number): void;
  readonly compilations: CompilationObserver;
  /** Counts what goes through. */
  measured(send: SendToSubgraph): SendToSubgraph;
}

export function engineMetrics(metrics: Metrics, generation: () => Generation): EngineMetrics {
  const operations = metrics.histogram({
    name: 'gateway_operation_seconds',
    help: 'Queries and mutations, by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    buckets: seconds,
  });
  const subgraphs = metrics.histogram({
    name: 'gateway_subgraph_seconds',
    help: 'Requests to subgraphs, by subgraph and outcome.',
    labelNames: ['subgraph', 'outcome'],
    buckets: seconds,
  });
  const inFlight = metrics.gauge({
    name: 'gateway_subgraph_in_flight',
    help: 'Requests to subgraphs that have no answer yet.',
    labelNames: ['subgraph'],
  });
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
    operation(kind) {
      const end = operations.startTimer({ kind });
      return (outcome) => void end({ outcome });
    },
    shared: () => shared.inc(),
    entitiesKnown: (count) => known.inc(count),
    fetchesJoined: (count) => joined.inc(count),
    compilations: watchCompilations(metrics),
    measured: (send) => async (request) => {
      const { subgraph } = request;
      const end = subgraphs.startTimer({ subgraph });
      inFlight.inc({ subgraph });
      try {
        const answer = await send(request);
        end({ outcome: answer.errors.length > 0 ? 'errors' : 'ok' });
        return answer;
      } catch (error) {
        end({ outcome: error instanceof SubgraphError ? error.code : 'fault' });
        throw error;
      } finally {
        inFlight.dec({ subgraph });
      }
    },
  };
}
