import { type Cache, CacheError } from '@alexandrite/cache';
import type { Log } from '@alexandrite/telemetry/log';

/** What a client may have at a time, over all gateways. */
export type QuotaKind = 'sockets' | 'subscriptions';

export interface HoldingOptions {
  kind: QuotaKind;
  /** In the cache. */
  key: string;
  /** Who we are there. */
  holder: string;
  ttlMs: number;
  cache: Cache;
  log: Log;
}

/** What one client has of one kind at this gateway, told to the cache in the order in which it happens. */
export class Holding {
  readonly kind: QuotaKind;
  readonly #options: HoldingOptions;
  readonly #onEmpty: () => void;
  #count = 0;
  /** How many are about to be taken. */
  #asking = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #toSay = false;

  /** `onEmpty` is called whenever the client has nothing here any more. */
  constructor(options: HoldingOptions, onEmpty: () => void) {
    this.kind = options.kind;
    this.#options = options;
    this.#onEmpty = onEmpty;
  }

  get count(): number {
    return this.#count;
  }

  /** One more; false when all gateways together would have more than `limit`. */
  async take(limit: number): Promise<boolean> {
    this.#asking++;
    try {
      return await this.#inTurn(async () => {
        const wanted = this.#count + 1;
        const taken = wanted <= limit && (await this.#hold(wanted, limit));
        if (taken) this.#count++;
        return taken;
      });
    } finally {
      this.#asking--;
      this.#endIfEmpty();
    }
  }

  giveBack(): void {
    this.#count--;
    this.#sayLater();
  }

  /** Says it again, so that it goes on counting. */
  say(): Promise<void> {
    return this.#inTurn(async () => {
      this.#toSay = false;
      await this.#hold(this.#count, Number.MAX_SAFE_INTEGER);
      this.#endIfEmpty();
    });
  }

  /** The gateway ends: what it had is free. */
  end(): Promise<void> {
    this.#count = 0;
    return this.say();
  }

  #sayLater(): void {
    if (this.#toSay) return;
    this.#toSay = true;
    this.say().catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'a quota could not be given back');
    });
  }

  #endIfEmpty(): void {
    if (this.#count === 0 && this.#asking === 0 && !this.#toSay) this.#onEmpty();
  }

  async #hold(count: number, limit: number): Promise<boolean> {
    const { cache, key, holder, ttlMs, log } = this.#options;
    try {
      return (await cache.hold(key, holder, count, limit, ttlMs)).taken;
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      // The limit holds for this gateway alone then.
      log.debug({ err: error, key }, 'the cache is away: a quota is kept here meanwhile');
      return true;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
