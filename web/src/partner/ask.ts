import { type Answer, type Cost, costOf } from '../client/answer.ts';
import { send } from '../client/request.ts';

/** What came of a query that a partner typed. */
export interface Asked {
  answer: Answer<unknown>;
  cost: Cost | null;
  milliseconds: number;
  /** Of the first error, where there is one. */
  code: string | null;
  /** How long a throttled caller should wait; 0 when it is not said. */
  waitSeconds: number;
}

export async function ask(query: string, variables: object): Promise<Asked> {
  const began = performance.now();
  const answer = await send<unknown>({ query, variables });
  const problem = answer.errors?.[0]?.extensions;
  const waitMs = problem?.waitMs;
  return {
    answer,
    cost: costOf(answer.extensions),
    milliseconds: performance.now() - began,
    code: typeof problem?.code === 'string' ? problem.code : null,
    waitSeconds: typeof waitMs === 'number' ? Math.ceil(waitMs / 1_000) : 0,
  };
}

const PROBE = 'query { __typename }';

/**
 * The cost of a query that is not run; null when the platform does not offer that. A platform that does not know
 * `dryRun` would run the query, so a harmless one is tried first.
 */
export async function dryRun(query: string, variables: object): Promise<Asked | null> {
  const probe = await send<unknown>({ query: PROBE }, { extensions: { dryRun: true } });
  if (probe.data != null || costOf(probe.extensions) === null) return null;
  const began = performance.now();
  const answer = await send<unknown>({ query, variables }, { extensions: { dryRun: true } });
  const code = answer.errors?.[0]?.extensions?.code;
  return {
    answer,
    cost: costOf(answer.extensions),
    milliseconds: performance.now() - began,
    code: typeof code === 'string' ? code : null,
    waitSeconds: 0,
  };
}
