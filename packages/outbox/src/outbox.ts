import type { Tx } from '@alexandrite/database';

/**
 * Messages that are published because, and only if, the caller's transaction commits. One outbox, and at any time one
 * publishing relay, per database. Opened by `openOutbox`.
 */
export interface Outbox extends AsyncDisposable {
  /** Stores messages in the caller's transaction; they leave at once after its commit, in the order of their appending. */
  append(tx: Tx, ...messages: OutboxMessage[]): Promise<void>;

  /** Runs before a batch is published, e.g. to raise version floors. A throw is logged; the batch is published anyway. */
  beforePublish(hook: (messages: readonly OutboxMessage[]) => Promise<void>): void;

  /** Begins to publish, what an earlier process left behind first. */
  start(): Promise<void>;

  /** Resolves when there is nothing left to publish (what is parked does not count), or rejects after `timeoutMs`. */
  drained(timeoutMs: number): Promise<void>;
}

export interface OutboxMessage {
  subject: string;
  /** JSON. */
  payload: unknown;
  /** The bus stores one of several messages of the same id. */
  messageId: string;
  /** Messages of one key are published strictly in the order of their appending; those of others may overtake. */
  orderingKey: string;
}
