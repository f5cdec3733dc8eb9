import { Failure } from './failure.ts';

/** A GraphQL error as it travels. */
export interface GraphQLProblem {
  message: string;
  path?: (string | number)[];
  extensions?: Record<string, unknown>;
}

/** An answer as it travels. */
export interface Answer<Data> {
  data?: Data | null;
  errors?: readonly GraphQLProblem[];
  extensions?: Record<string, unknown>;
}

export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  /** Points a second. */
  restoreRate: number;
}

/** `extensions.cost`, which an audience with a budget finds in every answer. */
export interface Cost {
  requestedQueryCost: number;
  /** Null where nothing ran: a dry run, a refusal. */
  actualQueryCost: number | null;
  throttleStatus: ThrottleStatus;
}

export function costOf(extensions: Record<string, unknown> | undefined): Cost | null {
  const cost = extensions?.cost as Partial<Cost> | undefined;
  const status = cost?.throttleStatus;
  if (typeof cost?.requestedQueryCost !== 'number' || typeof status?.maximumAvailable !== 'number')
    return null;
  return {
    requestedQueryCost: cost.requestedQueryCost,
    actualQueryCost: cost.actualQueryCost ?? null,
    throttleStatus: status,
  };
}

/** The data of an answer; a first error where there is none. */
export function dataOf<Data>(answer: Answer<Data>): Data {
  if (answer.data !== null && answer.data !== undefined && !answer.errors?.length) return answer.data;
  const [problem] = answer.errors ?? [];
  if (problem === undefined) throw new Failure('BAD_ANSWER', 'expected data or errors, got neither');
  const code = problem.extensions?.code;
  throw new Failure(typeof code === 'string' ? code : 'UNKNOWN', problem.message, {
    ...answer.extensions,
    ...problem.extensions,
  });
}
