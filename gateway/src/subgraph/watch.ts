/** Something that must not last for ever. */
export interface Watched {
  /** When its time is over, by `performance.now()`. */
  readonly until: number;
  /** `aborted` when nobody waits for it any more. */
  readonly signal: { readonly aborted: boolean } | undefined;
  /** The watch's own: its place there, -1 where it has none. */
  watchedAt: number;
  expired(now: number): void;
  abandoned(): void;
}

const lookEveryMs = 25; // what is late is noticed by so much later

/**
 * Looks after everything in flight from time to time. A timer and a listener for each would cost more than the rest of
 * what a request needs here; almost none of them ever fires.
 *
 * A list and no Set, since things come and go with every request: a Set then moves to a new table every few dozen of them,
 * and the old ones, each of which knows the next one and what was in it, keep nearly all past requests alive until the
 * next great collection. That was half of what collecting cost under load.
 */
export class Watch {
  readonly #watched: Watched[] = [];
  #timer: NodeJS.Timeout | undefined;

  add(watched: Watched): void {
    watched.watchedAt = this.#watched.push(watched) - 1;
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  /** The last one takes its place. */
  delete(watched: Watched): void {
    const { watchedAt } = watched;
    if (watchedAt < 0) return;
    const last = this.#watched.pop()!;
    watched.watchedAt = -1;
    if (last === watched) return;
    this.#watched[watchedAt] = last;
    last.watchedAt = watchedAt;
  }

  #look(): void {
    if (this.#watched.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    // From the end: whoever takes the place of one that leaves has been looked at.
    for (let at = this.#watched.length - 1; at >= 0; at--) {
      const watched = this.#watched[at];
      if (watched?.signal?.aborted) watched.abandoned();
      else if (watched && watched.until <= now) watched.expired(now);
    }
  }
}
