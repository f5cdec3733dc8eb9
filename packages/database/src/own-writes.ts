import type { Cache } from '@alexandrite/cache';
import type { Log } from '@alexandrite/telemetry/log';
import type { Database } from './database.ts';
import type { Read } from './replica.ts';

/** Far longer than a replica that is asked at all may be behind. */
const keepMs = 60_000; // 1 minute

/**
 * Whoever has just written reads what he wrote, whichever process he wrote it through and whichever he asks: the place in
 * the log behind his last write is kept in the cache, and the replica serves him from there on only.
 */
export class OwnWrites {
  readonly #database: Database;
  readonly #cache: Cache;
  readonly #log: Log;
  readonly #service: string;

  constructor(options: { database: Database; cache: Cache; log: Log; service: string }) {
    this.#database = options.database;
    this.#cache = options.cache;
    this.#log = options.log;
    this.#service = options.service;
  }

  /** To be awaited before he gets his answer. Never rejects; costs nothing without a replica. */
  async remember(who: string): Promise<void> {
    if (!this.#database.hasReplica) return;
    try {
      // 2^53 bytes of log are 8 PiB: a number will do.
      await this.#cache.raise(this.#key(who), Number(await this.#database.position()), keepMs);
    } catch (error) {
      this.#log.warn({ err: error }, 'a write could not be remembered: its writer may miss it for a moment');
    }
  }

  /** For reads of `who` that may be a moment old, but not older than his own last write. */
  async read<T>(who: string, work: Read<T>): Promise<T> {
    if (!this.#database.hasReplica) return work(this.#database.em());
    let written: string | null;
    try {
      written = await this.#cache.get(this.#key(who));
    } catch (error) {
      this.#log.warn({ err: error }, 'own writes are not known: the primary is read');
      return work(this.#database.em());
    }
    return this.#database.read(work, { atLeast: BigInt(written ?? 0) });
  }

  #key(who: string): string {
    return `written:${this.#service}:${who}`;
  }
}
