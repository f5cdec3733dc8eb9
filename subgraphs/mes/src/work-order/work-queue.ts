import { randomUUID } from 'node:crypto';
import type { Cache } from '@alexandrite/cache';
import type { Database } from '@alexandrite/database';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import type { PageRequest } from '@alexandrite/subgraph/connection';
import type { Log } from '@alexandrite/telemetry/log';
import { type QueueEntry, readWorkQueue } from './read-work-queue.ts';

/** The longest first page that anybody may ask for, and one more to know whether there is a next. */
const firstPageLimit = 101;
const versionKey = 'mes:work-queue:version';
/** Only a bound on what lies about: pages are replaced by moves, never because they have grown old. */
const ttlMs = 86_400_000; // a day

interface CachedPage {
  version: string;
  entries: QueueEntry[];
}

/**
 * The operators' list. All of them look at its first page all the time, so that one is kept in the cache, one for each
 * status, under the version of the queue. Every move makes a new version: a page that was read before the move, however
 * late it is stored, carries the old one and is never shown.
 */
export class WorkQueue {
  readonly #database: Database;
  readonly #cache: Cache;
  readonly #log: Log;
  /** Reads under way by page and version: many readers at once cost one statement. */
  readonly #reading = new Map<string, Promise<QueueEntry[]>>();
  #changing: Promise<void> | undefined;
  #changedAgain = false;
  /** A move could not be told to the cache: nothing in there is to be believed before it is. */
  #owed = false;

  constructor(options: { database: Database; cache: Cache; log: Log }) {
    this.#database = options.database;
    this.#cache = options.cache;
    this.#log = options.log;
  }

  /** Up to `page.limit` entries. */
  async page(status: OrderStatus | null, page: PageRequest): Promise<QueueEntry[]> {
    if (page.after) return readWorkQueue(this.#database.em(), status, page.after, page.limit);
    const entries = await this.#firstPage(status);
    return entries.slice(0, page.limit);
  }

  /** To be called after the commit of every move on the floor. */
  changed(): void {
    this.#changedAgain = true;
    this.#changing ??= this.#change().finally(() => {
      this.#changing = undefined;
    });
  }

  /** Resolves when what `changed` was told is seen by every reader: a mutation waits for it before it answers. */
  async settled(): Promise<void> {
    await this.#changing;
  }

  /** Moves that come while one is being told are told together. */
  async #change(): Promise<void> {
    try {
      while (this.#changedAgain) {
        this.#changedAgain = false;
        await this.#cache.set(versionKey, randomUUID(), ttlMs);
      }
      this.#owed = false;
    } catch (error) {
      this.#owed = true;
      this.#log.warn(
        { err: error },
        'the cache did not hear of a change: the work queue is read from the database',
      );
    }
  }

  async #firstPage(status: OrderStatus | null): Promise<QueueEntry[]> {
    if (this.#owed) this.changed();
    await this.#changing;
    if (this.#owed) return this.#read(status);
    const pageKey = `mes:work-queue:page:${status ?? 'floor'}`;
    let version: string;
    try {
      const [known, cached] = await this.#cache.getMany([versionKey, pageKey]);
      version = known ?? (await this.#firstVersion());
      if (cached) {
        const page = JSON.parse(cached) as CachedPage;
        if (page.version === version) return page.entries;
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'the cache is away: the work queue is read from the database');
      return this.#read(status);
    }
    const flight = `${pageKey} ${version}`;
    let reading = this.#reading.get(flight);
    if (!reading) {
      reading = this.#readAndKeep(status, pageKey, version).finally(() => this.#reading.delete(flight));
      this.#reading.set(flight, reading);
    }
    return reading;
  }

  async #firstVersion(): Promise<string> {
    const fresh = randomUUID();
    if (await this.#cache.claim(versionKey, fresh, ttlMs)) return fresh;
    return (await this.#cache.get(versionKey)) ?? fresh;
  }

  async #readAndKeep(status: OrderStatus | null, pageKey: string, version: string): Promise<QueueEntry[]> {
    const entries = await this.#read(status);
    const page: CachedPage = { version, entries };
    await this.#cache.set(pageKey, JSON.stringify(page), ttlMs).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'a page of the work queue could not be kept');
    });
    return entries;
  }

  #read(status: OrderStatus | null): Promise<QueueEntry[]> {
    return readWorkQueue(this.#database.em(), status, null, firstPageLimit);
  }
}
