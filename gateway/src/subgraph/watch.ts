/** Something that must not last for ever. */
export interface Watched {
  /** When its time is over, by `performance.now()`. */
  readonly until: number;
  /** `aborted` when nobody waits for it any more. */
  readonly signal: { readonly aborted: boolean } | undefined;
  expired(now: number): void;
  abandoned(): void;
}

const lookEveryMs = 25; // what is late is noticed by so much later

/**
 * Looks after everything in flight from time to time. A timer and a listener for each would cost more than the rest of
 * what a request needs here; almost none of them ever fires.
 */
export class Watch {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  add(watched: Watched): void {
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  delete(watched: Watched): void {
    this.#watched.delete(watched);
  }

  #look(): void {
    if (this.#watched.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    for (const watched of this.#watched) {
      if (watched.signal?.aborted) watched.abandoned();
      else if (watched.until <= now) watched.expired(now);
    }
  }
}
