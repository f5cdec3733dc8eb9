import type { FeedMessage } from './message.ts';

/**
 * Snapshots for those who join a feed. One that was begun before somebody joined is too old for him; those who join while
 * one is being taken share the next.
 */
export class Snapshots {
  readonly #take: () => Promise<FeedMessage>;
  #running: Promise<FeedMessage> | undefined;
  #next: Promise<FeedMessage> | undefined;

  constructor(take: () => Promise<FeedMessage>) {
    this.#take = take;
  }

  /** A snapshot that begins after this call. */
  fresh(): Promise<FeedMessage> {
    this.#next ??= this.#afterRunning();
    return this.#next;
  }

  async #afterRunning(): Promise<FeedMessage> {
    // Those who join in the same turn share it, also when none is running; a failed one is its own askers' affair.
    await this.#running?.catch(() => undefined);
    await null;
    this.#next = undefined;
    this.#running = this.#take();
    return this.#running;
  }
}
