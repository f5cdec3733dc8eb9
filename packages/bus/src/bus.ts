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
   * Rejects with `BusError` `UNAVAILABLE`, `NO_STREAM` or `TOO_LARGE` (1 MiB).
   */
  publish(subject: string, payload: unknown, options: { messageId: string; headers?: Headers }): Promise<void>;

  /**
   * A durable consumer: all callers of one `durable` name share its messages, each handled at least once.
   * Returning acknowledges; throwing redelivers after the next of `backoffMs`; after `maxDeliveries` attempts the
   * message goes, with its reason, to the stream DEAD_LETTERS under `dead.<durable>` and is acknowledged.
   */
  consume(options: ConsumeOptions, handler: (message: Delivery) => Promise<void>): Promise<Consumption>;

  /**
   * An ordered, ephemeral subscription. Without `after` it begins at now: what is published after the promise
   * resolves is seen. With `after` it begins behind that stream sequence; `BusError` `GONE` when the stream no longer
   * has it. Subjects may hold `*` and a final `>`; all must belong to one stream.
   */
  subscribe(subjects: readonly string[], options?: SubscribeOptions): Promise<BusSubscription>;

  /** Messages of the durable that nobody has taken yet, and those being worked on. */
  depth(stream: string, durable: string): Promise<{ pending: number; inFlight: number }>;

  readonly connected: boolean;
}

export type Headers = Readonly<Record<string, string>>;

export interface StreamDefinition {
  name: string;
  subjects: readonly string[];
  /** `log` keeps messages by age; `work` deletes a message once its consumer has acknowledged it. */
  kind: 'log' | 'work';
  maxAgeMs: number;
  maxMessages: number;
  duplicateWindowMs: number;
}

export interface ConsumeOptions {
  stream: string;
  durable: string;
  /** One subject filter (nats-server 2.9 knows only one); default: all of the stream. */
  filter?: string;
  /** How many messages this consumer handles at a time. 1 keeps the order of the stream. */
  concurrency: number;
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
  after?: number;
  /** Messages kept for a slow reader before the oldest are dropped and reported by `dropped`. Default 1024. */
  maxBuffered?: number;
}

export interface BusSubscription extends AsyncIterable<BusMessage>, AsyncDisposable {
  /** How many messages were dropped because the reader was slow. */
  readonly dropped: number;
}

export type BusErrorCode = 'UNAVAILABLE' | 'NO_STREAM' | 'TOO_LARGE' | 'GONE' | 'CLOSED';

export class BusError extends Error {
  readonly code: BusErrorCode;
  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BusError';
    this.code = code;
  }
}
