import type { Tx } from '@alexandrite/database';
import type { OrderFacts, OrderMoved, OrderRequest } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import type DataLoader from 'dataloader';
import type { OrderRecord } from './order-record.ts';
import type { Refusal } from './refusal.ts';

/**
 * Who may write an order's next status: at any time exactly one system holds it. One baton per service, made by
 * `createBaton`; any number of processes of the service may have one each.
 */
export interface Baton extends AsyncDisposable {
  /** Begins to follow the moves of the other systems and to answer their requests. */
  start(): Promise<void>;

  /**
   * Runs `work` in one transaction with the order's row locked, if this system holds the order. When it does not by its
   * own view, waits up to 1.5 s for a move that is already known elsewhere. Refuses with `NOT_FOUND`, `NOT_HOLDER`, or
   * `ILLEGAL_MOVE` when nothing may follow any more. A refusal that `work` returns or throws (`Refused`) undoes
   * everything it did. After the commit every reader of any service sees at least the version made.
   */
  hold<T>(orderId: string, work: HeldWork<T>, options?: HoldOptions): Promise<T | Refusal>;

  /** The shop's beginning of an order: `work` runs in one transaction and calls `begin`, which writes INITIATED. */
  create<T>(work: (tx: Tx, begin: Begin) => Promise<T>): Promise<T | Refusal>;

  /**
   * Asks for a move against the grain: done at once when this system holds the order, else sent to the holder, whose
   * move or refusal is awaited up to 5 s. Returns the order as moved. Refuses with `NOT_FOUND`, `ILLEGAL_MOVE`, what the
   * holder says, or `PENDING`: it is asked, and no answer has come yet.
   */
  request(
    kind: OrderRequest['kind'],
    orderId: string,
    request: { by: string; reason: string | null },
    options?: HoldOptions,
  ): Promise<OrderRecord | Refusal>;

  /**
   * Orders by id for one GraphQL request, null where there is none. Never older than what any client may have heard of:
   * waits up to 3 s for this service's view to catch up. The records are detached: read them, do not change them.
   */
  loader(): DataLoader<string, OrderRecord | null>;
}

export interface HoldOptions {
  /** Whether the caller may know of this order. Not: `NOT_FOUND`. */
  visible?: (order: OrderRecord) => boolean;
}

/** `order` is managed by `tx`, and current after each `move`. */
export type HeldWork<T> = (tx: Tx, order: OrderRecord, move: Move) => Promise<T>;

/**
 * Writes the next status: checks the table of moves (throws `Refused` `ILLEGAL_MOVE`), updates the row, appends the event
 * and calls `onMove`, all in the transaction at hand. Returns the event. A held order goes on only by a move that
 * `resumes`, so that no step can take "back to where it was held" for its own.
 */
export type Move = (
  to: OrderStatus,
  why: { by: string; cause?: string | null; facts?: ChangedFacts; resumes?: boolean },
) => Promise<OrderMoved>;

export type Begin = (
  facts: Omit<OrderFacts, 'createdAt' | 'submittedAt' | 'promisedAt'>,
  why: { id: string; by: string },
) => Promise<{ order: OrderRecord; move: Move }>;

/** What may change of an order's facts with a move. */
export interface ChangedFacts {
  modelSha256?: string;
  submittedAt?: Date;
  promisedAt?: Date;
}

/**
 * Called inside the transaction of every move that this service writes (`moved.system` is its own) or hears of, once for
 * each and in the order of versions: keep the service's own tables here, and read `order`, do not change it. A throw undoes
 * the move.
 */
export type OnMove = (tx: Tx, order: OrderRecord, moved: OrderMoved) => Promise<void>;

/** May veto a request against the grain that the table of moves allows. */
export type JudgeRequest = (tx: Tx, order: OrderRecord, request: OrderRequest) => Promise<Refusal | null>;
