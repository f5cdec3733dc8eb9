import type { JsonObject } from '../execute/json.ts';

/** One request to a subgraph, ready to be sent. */
export interface SubgraphRequest {
  subgraph: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** JSON. */
  body: string;
  headers: Readonly<Record<string, string>>;
  /** `aborted` when nobody waits for the answer any more; looked at from time to time. */
  signal: { readonly aborted: boolean } | undefined;
  /** When whoever asks gives up, by `performance.now()`; the subgraph is told what is left. */
  deadline?: number | undefined;
}

export interface SubgraphAnswer {
  data: JsonObject | null;
  errors: readonly SubgraphAnswerError[];
}

export interface SubgraphAnswerError {
  message: string;
  path: readonly (string | number)[] | undefined;
  extensions: JsonObject;
  /** Whose error it is. */
  subgraph?: string | undefined;
}

/** Sends a request to its subgraph. Rejects with a `SubgraphError`. */
export type SendToSubgraph = (request: SubgraphRequest) => Promise<SubgraphAnswer>;

export type SubgraphErrorCode =
  /** It cannot be reached, or its connection broke. */
  | 'SUBGRAPH_UNAVAILABLE'
  | 'SUBGRAPH_TIMEOUT'
  /** It has failed so often that it is not asked for the moment. */
  | 'SUBGRAPH_CIRCUIT_OPEN'
  /** As many requests as it may be sent are under way, and enough wait. */
  | 'SUBGRAPH_OVERLOADED'
  /** What it answered is no GraphQL response. */
  | 'SUBGRAPH_BAD_ANSWER'
  /** The time that the client gave has passed. */
  | 'DEADLINE_EXCEEDED'
  /** Whoever asked has gone. */
  | 'ABORTED';

export interface SubgraphErrorOptions extends ErrorOptions {
  retryAfterMs?: number;
  subgraph?: string;
}

/** A subgraph that did not answer. `cause` is for the log; the message may be shown. */
export class SubgraphError extends Error {
  readonly code: SubgraphErrorCode;
  /** When it may be worth asking again, where that is known. */
  readonly retryAfterMs: number | undefined;
  /** Whose it is. */
  readonly subgraph: string | undefined;
  constructor(code: SubgraphErrorCode, message: string, options: SubgraphErrorOptions = {}) {
    // Where it was made says nothing, and to find that out is most of what a failure costs while everything fails.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
    const { retryAfterMs, subgraph } = options;
    this.name = 'SubgraphError';
    this.code = code;
    this.retryAfterMs = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs);
    this.subgraph = subgraph;
  }
}

export function gone(): SubgraphError {
  return new SubgraphError('ABORTED', 'Nobody waits for the answer any more.');
}

export function late(subgraph: string): SubgraphError {
  const message = `The request's time was over before the subgraph "${subgraph}" answered.`;
  return new SubgraphError('DEADLINE_EXCEEDED', message, { subgraph });
}
