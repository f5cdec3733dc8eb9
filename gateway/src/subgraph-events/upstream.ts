import type { SubgraphAnswer, SubgraphAnswerError, SubgraphError } from '../subgraph/subgraph.ts';

/** A subscription as a subgraph is asked for it. */
export interface UpstreamRequest {
  /** JSON: the operation with its variables. */
  body: string;
  headers: Readonly<Record<string, string>>;
  /** Equal for callers of whom the subgraph learns the same. */
  credentials: string;
}

/** How a subscription at a subgraph is over. */
export type UpstreamEnd =
  /** The subgraph has nothing more to say. */
  | { kind: 'complete' }
  /** The subgraph refuses the operation, or ends it for a reason. */
  | { kind: 'errors'; errors: readonly SubgraphAnswerError[] }
  /** The connection was lost, or there was none. */
  | { kind: 'lost'; error: SubgraphError /** Whether it may go better later. */; again: boolean };

/** Who listens to one subscription at a subgraph. After `ended` there is nothing more. */
export interface UpstreamListener {
  /** The subgraph has taken it, as far as its protocol tells. */
  opened(): void;
  event(answer: SubgraphAnswer): void;
  ended(end: UpstreamEnd): void;
}

/** A subscription at a subgraph, for as long as its connection lasts. */
export interface Upstream {
  /** Tells the subgraph that nobody listens any more; the listener hears nothing more. Idempotent. */
  close(): void;
}

/** One protocol, to one subgraph. */
export type OpenUpstream = (request: UpstreamRequest, listener: UpstreamListener) => Upstream;
