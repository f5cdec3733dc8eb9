/**
 * The bus port: durable streams with competing consumers, and ephemeral ordered subscriptions.
 * Two adapters, `local` (one process only, journalled) and `nats` (JetStream), one contract suite.
 */
export interface Bus extends AsyncDisposable {
  /** Creates or updates the streams. Called by whoever deploys, once, before anything publishes. */
  ensureStreams(streams: readonly StreamDefinition[]): Promise<void>;

  /**
   * Resolves when the message is stored: a crash after that loses nothing. A second message with the same
   * `messageId` within the stream's de-duplication window is stored once.
   * Rejects with `BusError` `UNAVAILABLE` (try again: the broker did not confirm it within 5 s), `NO_STREAM`,
   * `TOO_LARGE` (see `maxMessageBytes`), `FULL` (a `work` stream at its limit drops nothing) or `CLOSED`.
   */
  publish(
    subject: string,
    payload: unknown,
    options: { messageId: string; headers?: Headers },
  ): Promise<void>;

  /**
   * A durable consumer: all callers of one `durable` name share its messages, each handled at least once.
   * Returning acknowledges; throwing redelivers after the next of `backoffMs`; after `maxDeliveries` attempts the
   * message goes, with its reason, to the stream DEAD_LETTERS under `dead.<durable>` (a `DeadLetter`) and is
   * acknowledged. Attempts that ended with their process count too, so that a message that kills is not handed out for
   * ever. A new durable begins with the oldest message the stream has. `CONFLICT` when a `work` stream has another
   * durable for the same subjects.
   */
  consume(options: ConsumeOptions, handler: (message: Delivery) => Promise<void>): Promise<Consumption>;

  /**
   * An ordered, ephemeral subscription. Without `after` it begins at now: what is published after the promise
   * resolves is seen. With `after` it begins behind that stream sequence; `BusError` `GONE` when the stream no longer
   * has it. Subjects may hold `*` and a final `>`; all must belong to one stream that is no `work` stream (`NO_STREAM`,
   * `CONFLICT`).
   */
  subscribe(subjects: readonly string[], options?: SubscribeOptions): Promise<BusSubscription>;

  /**
   * Messages of the durable that nobody has taken yet, and those being worked on or waiting for their next attempt.
   * A durable that nobody has ever consumed has neither.
   */
  depth(stream: string, durable: string): Promise<{ pending: number; inFlight: number }>;

  /**
   * The newest message of each subject of a `latest` stream that the pattern fits, at most `limit` of them, in any order.
   * What was published before the call is in it.
   */
  newest(pattern: string, limit: number): Promise<BusMessage[]>;

  /**
   * For each stream that somebody in this process subscribes to: how many messages it has that have not come here yet, and
   * those that have come and wait for the slowest reader.
   * Rejects with `BusError` `UNAVAILABLE` while the broker is away.
   */
  lag(): Promise<ReadonlyMap<string, number>>;

  readonly connected: boolean;

  /** Stops consumptions, waiting for their handlers, ends subscriptions, and closes. Idempotent. */
  [Symbol.asyncDispose](): Promise<void>;
}

export type Headers = Readonly<Record<string, string>>;

export interface StreamDefinition {
  name: string;
  subjects: readonly string[];
  /**
   * `log` keeps messages by age; `latest` too, but of each subject the newest only; `work` deletes a message once its
   * consumer has acknowledged it. A stream never becomes a `work` stream, or something else than one.
   */
  kind: 'log' | 'latest' | 'work';
  maxAgeMs: number;
  /** Past it a `work` stream refuses new messages (`FULL`), the others drop their oldest. */
  maxMessages: number;
  duplicateWindowMs: number;
}

export interface ConsumeOptions {
  stream: string;
  durable: string;
  /** One subject filter (nats-server 2.9 knows only one); default: all of the stream. */
  filter?: string;
  /** How many messages this consumer handles at a time. */
  concurrency: number;
  /**
   * Keeps the order of the stream: one message of the durable is under way at a time, over all processes, and one that
   * failed holds the others up until it has succeeded or died. Default: true where `concurrency` is 1. Callers of one
   * durable must agree.
   */
  ordered?: boolean;
  /** Without an answer or `working()` for so long, the message is given to another. Default 30 000 ms. */
  ackWaitMs?: number;
  maxDeliveries: number;
  backoffMs: readonly number[];
}

export interface BusMessage {
  subject: string;
  payload: unknown;
  headers: Headers;
  stream: string;
  sequence: number;
  messageId: string;
  publishedAt: Date;
}

export interface Delivery extends BusMessage {
  /** 1 for the first attempt. */
  attempt: number;
  /** Says "still at it": restarts `ackWaitMs`. */
  working(): void;
  /** Aborted when the consumption stops. */
  signal: AbortSignal;
}

export interface Consumption extends AsyncDisposable {
  /** Stops taking messages, waits for the handlers under way. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SubscribeOptions {
  /** The stream that the subjects must belong to; `NO_STREAM` when it does not take them. Default: whichever does. */
  stream?: string | undefined;
  after?: number;
  /** Where to begin without `after`. Default `now`; `oldest` is everything the stream still has. */
  from?: 'now' | 'oldest';
  /** Messages kept for a slow reader before the oldest are dropped and reported by `dropped`. Default 1024. */
  maxBuffered?: number;
}

export interface BusSubscription extends AsyncIterable<BusMessage>, AsyncDisposable {
  /** How many messages were dropped because the reader was slow. */
  readonly dropped: number;
  /** Messages that have come here and were not read yet. */
  readonly waiting: number;
  /** The stream sequence behind which it began: a position to come back to before the first message. */
  readonly startedAfter: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The payload on `dead.<durable>`: the message as it was, and why it was given up. */
export interface DeadLetter {
  reason: string;
  attempts: number;
  stream: string;
  sequence: number;
  subject: string;
  messageId: string;
  headers: Headers;
  payload: unknown;
}

/** Payload and headers of one message, as JSON: the broker's 1 MiB less what a dead letter adds to it. */
export const maxMessageBytes = 1_048_576 - 16_384;

export type BusErrorCode =
  | 'UNAVAILABLE'
  | 'NO_STREAM'
  | 'TOO_LARGE'
  | 'FULL'
  | 'CONFLICT'
  | 'GONE'
  | 'CLOSED';

/** What the adapters report of what no caller sees; a pino logger fits. */
export interface BusLog {
  info(attributes: object, message: string): void;
  warn(attributes: object, message: string): void;
  error(attributes: object, message: string): void;
}

export class BusError extends Error {
  readonly code: BusErrorCode;
  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BusError';
    this.code = code;
  }
}
