import type { Log } from '@alexandrite/telemetry/log';
import type { Settings } from '../config/settings.ts';
import type { SubgraphClient } from '../subgraph/client.ts';
import type { SubgraphMetrics } from '../subgraph/metrics.ts';
import { shareFetches } from '../subgraph/share.ts';
import { SharedClients } from '../subgraph/shared-clients.ts';
import { Subgraphs } from '../subgraph/subgraphs.ts';
import { traceFetches } from '../subgraph/trace-fetches.ts';
import type { SupergraphText } from '../supergraph/source.ts';
import { loadSupergraph } from '../supergraph/supergraph.ts';
import { Generation } from './generation.ts';
import type { EngineMetrics } from './metrics.ts';

/** Rejects with what is wrong with the supergraph. */
export type MakeGeneration = (text: SupergraphText) => Promise<Generation>;

/** Makes the generations of one gateway, which share the clients of subgraphs that stay where they are. */
export function makeGenerations(
  settings: Settings,
  subgraphUrls: ReadonlyMap<string, string>,
  metrics: EngineMetrics,
  badDays: SubgraphMetrics,
  log: Log,
): MakeGeneration {
  const shared = new SharedClients<SubgraphClient>();
  let number = 0;
  return async ({ sdl, hash }) => {
    const supergraph = await loadSupergraph(sdl, log, settings.planner, settings.overrideLabels);
    const subgraphs = new Subgraphs(supergraph.subgraphs, {
      ...settings.subgraphs,
      environment: subgraphUrls,
      shared,
      metrics: badDays,
    });
    try {
      const { send } = subgraphs;
      const parts = {
        number: number + 1,
        hash,
        supergraph,
        subgraphs,
        eventsOf: (name: string) => subgraphs.clients.get(name)?.events,
        send: traceFetches(settings.shareFetches ? shareFetches(send, metrics.shared) : send),
      };
      const generation = new Generation(parts, {
        operationCacheSize: settings.operationCacheSize,
        operationCacheCharacters: settings.operationCacheCharacters,
        limits: settings.limits,
        defaultListSize: settings.costs.defaultListSize,
        introspection: settings.introspection,
        access: {
          scopesClaim: settings.auth?.scopesClaim,
          policiesClaim: settings.auth?.policiesClaim,
          refuses: settings.auth?.rejectUnauthorized ?? false,
        },
        observer: metrics.compilations,
      });
      number++;
      return generation;
    } catch (error) {
      supergraph.planner[Symbol.dispose]();
      await subgraphs[Symbol.asyncDispose]();
      throw error;
    }
  };
}
