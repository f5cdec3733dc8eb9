import { type Cache, CacheError } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import type { Log } from '@alexandrite/telemetry/log';

/** How much of a second's events is asked for at once: the cache is not asked for each. */
const share = 1 / 20;
const maxClients = 10_000;

interface Allowance {
  /** Taken from the client's bucket, and not used yet. */
  left: number;
  asking: Promise<number> | undefined;
}

/** How many events a second each client may hear, over all gateways. */
export class EventAllowances {
  readonly #cache: Cache;
  /** While the shared one is away. */
  readonly #own = openMemoryCache({ maxEntries: maxClients });
  readonly #log: Log;
  readonly #allowances = new Map<string, Allowance>();

  constructor(cache: Cache, log: Log) {
    this.#cache = cache;
    this.#log = log;
  }

  /** Takes one; resolves with how long to wait in milliseconds, 0 when it was taken. */
  async take(client: string, perSecond: number): Promise<number> {
    const allowance = this.#of(client);
    while (allowance.left < 1) {
      allowance.asking ??= this.#ask(allowance, client, perSecond).finally(() => {
        allowance.asking = undefined;
      });
      const waitMs = await allowance.asking;
      if (waitMs > 0) return waitMs;
    }
    allowance.left--;
    return 0;
  }

  async #ask(allowance: Allowance, client: string, perSecond: number): Promise<number> {
    const bucket = { maximum: Math.max(1, perSecond), restoreRate: perSecond };
    const some = Math.max(1, Math.floor(perSecond * share));
    for (const count of some > 1 ? [some, 1] : [1]) {
      const state = await this.#take(`quota:events:${client}`, bucket, count);
      if (state.taken) {
        allowance.left += count;
        return 0;
      }
      if (count === 1) return Math.max(1, Math.ceil(state.waitMs));
    }
    return 1;
  }

  async #take(key: string, bucket: { maximum: number; restoreRate: number }, count: number) {
    try {
      return await this.#cache.takeFromBucket(key, bucket, count);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      this.#log.debug({ err: error, key }, 'the cache is away: events are counted here meanwhile');
      return this.#own.takeFromBucket(key, bucket, count);
    }
  }

  #of(client: string): Allowance {
    let allowance = this.#allowances.get(client);
    if (allowance) return allowance;
    allowance = { left: 0, asking: undefined };
    this.#allowances.set(client, allowance);
    if (this.#allowances.size > maxClients) {
      for (const oldest of this.#allowances.keys()) {
        this.#allowances.delete(oldest);
        break;
      }
    }
    return allowance;
  }
}
