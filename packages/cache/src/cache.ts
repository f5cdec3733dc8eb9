/**
 * The cache port: values that may be lost, counters and budgets that must be atomic.
 * Two adapters, `memory` (one process only, bounded) and `redis`, one contract suite. Keys carry the required prefix of
 * the adapter, so that services and tests can share a server.
 *
 * Every call rejects with `CacheError` `UNAVAILABLE` within a second when the server does not answer: a request must not
 * wait for what may be lost. Whether to go on without is the caller's choice.
 */
export interface Cache extends AsyncDisposable {
  get(key: string): Promise<string | null>;
  /** Values in the order of the keys; null where there is none. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(...keys: string[]): Promise<void>;
  /** Sets the number if it is larger than what is there (atomic), and returns what is there then. */
  raise(key: string, value: number, ttlMs: number): Promise<number>;
  /** Adds to a counter that disappears `windowMs` after its first increment (a fixed window); returns the new count. */
  increment(key: string, windowMs: number): Promise<number>;
  /** Sets the key if it is absent; true if this caller did. */
  claim(key: string, value: string, ttlMs: number): Promise<boolean>;
  /**
   * A leaky token bucket, atomic across all callers: restores `restoreRate` points a second up to `maximum`, takes
   * `cost` if available. A negative cost gives points back (never above `maximum`).
   */
  takeFromBucket(key: string, bucket: Bucket, cost: number): Promise<BucketState>;
  /**
   * Says how many of something `holder` has, atomic across all callers. Taken only while all holders together have at most
   * `limit`; what is not more than the holder has already is always taken. Whoever says nothing for `ttlMs` has none.
   */
  hold(key: string, holder: string, count: number, limit: number, ttlMs: number): Promise<HoldState>;
  readonly connected: boolean;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Bucket {
  maximum: number;
  /** Points a second. */
  restoreRate: number;
}

export interface BucketState {
  taken: boolean;
  currentlyAvailable: number;
  /** How long until `cost` would be available; 0 when taken; Infinity when it exceeds `maximum`. */
  waitMs: number;
}

export interface HoldState {
  taken: boolean;
  /** What all holders have together now. */
  total: number;
}

export type CacheErrorCode = 'UNAVAILABLE';

export class CacheError extends Error {
  readonly code: CacheErrorCode;
  constructor(code: CacheErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CacheError';
    this.code = code;
  }
}
