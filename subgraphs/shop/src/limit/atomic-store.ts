import type { Cache } from '@alexandrite/cache';
import { type Identity, Store } from 'graphql-rate-limit';

/** Nobody's limit is higher, and no array needs to be longer. */
const mostCounted = 100_000;

/**
 * Counts calls for graphql-rate-limit in one atomic step. The library reads a list of times, adds its own and writes it
 * back, so that callers at the same moment do not see each other; here reading is counting, and writing is nothing.
 * Windows begin at whole multiples of their length, the same for all processes.
 */
export class AtomicStore extends Store {
  readonly #cache: Cache;
  readonly #windowMs: number;

  constructor(cache: Cache, windowMs: number) {
    super();
    this.#cache = cache;
    this.#windowMs = windowMs;
  }

  /** Counts this call, and returns a time for each call before it. */
  override async getForIdentity({ contextIdentity, fieldIdentity }: Identity): Promise<readonly number[]> {
    const now = Date.now();
    const window = Math.floor(now / this.#windowMs);
    const key = `rate:${fieldIdentity}:${window}:${contextIdentity}`;
    const calls = await this.#cache.increment(key, this.#windowMs);
    return new Array<number>(Math.min(calls - 1, mostCounted)).fill(now);
  }

  override setForIdentity(): void {}
}
