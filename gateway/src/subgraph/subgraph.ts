import type { JsonObject } from '../execute/json.ts';

/** One request to a subgraph, ready to be sent. */
export interface SubgraphRequest {
  subgraph: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** JSON. */
  body: string;
  headers: Readonly<Record<string, string>>;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal | undefined;
}

export interface SubgraphAnswer {
  data: JsonObject | null;
  errors: readonly SubgraphAnswerError[];
}

export interface SubgraphAnswerError {
  message: string;
  path: readonly (string | number)[] | undefined;
  extensions: JsonObject;
}

/** Sends a request to its subgraph. Rejects with a `SubgraphError`. */
export type SendToSubgraph = (request: SubgraphRequest) => Promise<SubgraphAnswer>;

export type SubgraphErrorCode =
  /** It cannot be reached, or its connection broke. */
  | 'SUBGRAPH_UNAVAILABLE'
  | 'SUBGRAPH_TIMEOUT'
  /** What it answered is no GraphQL response. */
  | 'SUBGRAPH_BAD_ANSWER'
  /** Whoever asked has gone. */
  | 'ABORTED';

/** A subgraph that did not answer. `cause` is for the log; the message may be shown. */
export class SubgraphError extends Error {
  readonly code: SubgraphErrorCode;
  constructor(code: SubgraphErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SubgraphError';
    this.code = code;
  }
}
