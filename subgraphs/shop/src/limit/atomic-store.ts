import type { Cache } from '@alexandrite/cache';
import { type Identity, Store } from 'graphql-rate-limit';

/** Nobody's limit is higher, and no array needs to be longer. */
const mostCounted = 100_000;

/**
 * Counts calls for graphql-rate-limit in atomic steps. The library reads a list of times, adds its own and writes it back,
 * so that callers at the same moment do not see each other; here reading is counting, and writing is nothing. A window
 * begins with the first call after the last one has ended, the same for all processes: at the turn of a minute nobody may
 * do twice as much.
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
  override async getForIdentity(identity: Identity): Promise<readonly number[]> {
    const beganAt = await this.#beginning(identity);
    const calls = await this.#cache.increment(`${keyOf(identity)}:${beganAt}`, this.#windowMs);
    return new Array<number>(Math.min(calls - 1, mostCounted)).fill(Date.now());
  }

  override setForIdentity(): void {}

  /** In how many milliseconds the window ends. */
  async remainingMs(identity: Identity): Promise<number> {
    const beganAt = await this.#cache.get(keyOf(identity));
    return beganAt === null ? 0 : Math.max(0, Number(beganAt) + this.#windowMs - Date.now());
  }

  /** When the window began, which this call may begin: milliseconds since 1970. */
  async #beginning(identity: Identity): Promise<string> {
    const key = keyOf(identity);
    const known = await this.#cache.get(key);
    if (known !== null) return known;
    const now = String(Date.now());
    if (await this.#cache.claim(key, now, this.#windowMs)) return now;
    return (await this.#cache.get(key)) ?? now;
  }
}

function keyOf({ fieldIdentity, contextIdentity }: Identity): string {
  return `rate:${fieldIdentity}:${contextIdentity}`;
}
