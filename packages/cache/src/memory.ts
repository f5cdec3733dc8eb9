import type { Bucket, BucketState, Cache, HoldState } from './cache.ts';
import { type BucketLevel, fullAgainMs, stepBucket } from './token-bucket.ts';

export interface MemoryCacheOptions {
  /** Past it the values used longest ago are forgotten. Default 100 000. */
  maxEntries?: number;
  /** Text of keys and values, in characters, past which the same happens. Default 64 million. */
  maxChars?: number;
}

/** By holder: how many it has, and until when that counts. */
type Holds = Map<string, { count: number; until: number }>;
type Value = string | BucketLevel | Holds;

interface Entry {
  value: Value;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Opens the cache of one process only. Everything is gone with the process, budgets included. */
export function openMemoryCache(options: MemoryCacheOptions = {}): Cache {
  return new MemoryCache(options);
}

class MemoryCache implements Cache {
  readonly connected = true;
  readonly #maxEntries: number;
  readonly #maxChars: number;
  /** A Map keeps the order of insertion; what is used is inserted again, so the oldest use comes first. */
  readonly #entries = new Map<string, Entry>();
  #chars = 0;

  constructor({ maxEntries = 100_000, maxChars = 64_000_000 }: MemoryCacheOptions) {
    this.#maxEntries = maxEntries;
    this.#maxChars = maxChars;
  }

  async get(key: string): Promise<string | null> {
    return this.#text(key);
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    return keys.map((key) => this.#text(key));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#put(key, value, Date.now() + ttlMs);
  }

  async delete(...keys: string[]): Promise<void> {
    for (const key of keys) this.#drop(key);
  }

  async raise(key: string, value: number, ttlMs: number): Promise<number> {
    const there = this.#text(key);
    const now = Math.max(value, there === null ? value : Number(there));
    this.#put(key, String(now), Date.now() + ttlMs);
    return now;
  }

  async increment(key: string, windowMs: number): Promise<number> {
    const there = this.#live(key);
    const count = there ? Number(there.value) + 1 : 1;
    this.#put(key, String(count), there?.expiresAt ?? Date.now() + windowMs);
    return count;
  }

  async claim(key: string, value: string, ttlMs: number): Promise<boolean> {
    if (this.#live(key)) return false;
    this.#put(key, value, Date.now() + ttlMs);
    return true;
  }

  async takeFromBucket(key: string, bucket: Bucket, cost: number): Promise<BucketState> {
    const now = Date.now();
    const before = this.#live(key)?.value;
    const known = typeof before === 'object' && !(before instanceof Map) ? before : undefined;
    const { level, state } = stepBucket(known, bucket, cost, now);
    this.#put(key, level, now + fullAgainMs(level, bucket));
    return state;
  }

  async hold(key: string, holder: string, count: number, limit: number, ttlMs: number): Promise<HoldState> {
    const now = Date.now();
    const before = this.#live(key)?.value;
    const holds: Holds = before instanceof Map ? before : new Map();
    let others = 0;
    let last = now;
    for (const [who, { count: has, until }] of holds) {
      if (until <= now) holds.delete(who);
      else if (who !== holder) {
        others += has;
        last = Math.max(last, until);
      }
    }
    const mine = holds.get(holder)?.count ?? 0;
    const taken = count <= mine || others + count <= limit;
    if (taken && count > 0) holds.set(holder, { count, until: now + ttlMs });
    else if (taken) holds.delete(holder);
    const until = Math.max(last, holds.get(holder)?.until ?? now);
    if (holds.size > 0) this.#put(key, holds, until);
    else this.#drop(key);
    return { taken, total: others + (taken ? count : mine) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#entries.clear();
    this.#chars = 0;
  }

  #text(key: string): string | null {
    const value = this.#live(key)?.value;
    return typeof value === 'string' ? value : null;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt <= Date.now()) {
      this.#drop(key);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #put(key: string, value: Value, expiresAt: number): void {
    this.#drop(key);
    this.#entries.set(key, { value, expiresAt });
    this.#chars += sizeOf(key, value);
    while (this.#entries.size > this.#maxEntries || this.#chars > this.#maxChars) {
      const [oldest] = this.#entries.keys();
      if (oldest === undefined) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#chars -= sizeOf(key, entry.value);
  }
}

function sizeOf(key: string, value: Value): number {
  return (
    key.length +
    (typeof value === 'string' ? value.length : value instanceof Map ? value.size * 100 : 32) +
    100
  );
}
