import { SubgraphError } from '../subgraph/subgraph.ts';
import type { JsonObject } from './json.ts';

/** Lists and objects in one another: what reads or writes values calls itself on each level, here and in the subgraphs. */
export const maxLevels = 500;

export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, levels - 1));
  for (const name in value) if (isDeeper((value as JsonObject)[name], levels - 1)) return true;
  return false;
}

/** What a fetch has failed with, where that was its subgraph: also values that nobody can follow to their end. Throws all else. */
export function failureOf(error: unknown, subgraph: string): SubgraphError {
  if (error instanceof SubgraphError) return error;
  if (!(error instanceof RangeError)) throw error;
  return new SubgraphError(
    'SUBGRAPH_BAD_ANSWER',
    `The subgraph "${subgraph}" has to do with a value of more levels than can be read.`,
    { cause: error, subgraph },
  );
}
