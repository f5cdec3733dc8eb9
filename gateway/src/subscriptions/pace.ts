import type { FeedMessage, Gap } from './message.ts';

const [slowest, fastest] = [0.01, 10_000];

/** Messages a second. Throws a TypeError. */
export function readRate(given: unknown): number {
  if (typeof given === 'number' && given >= slowest && given <= fastest) return given;
  throw new TypeError(
    `expected messages a second, ${slowest} to ${fastest}, got ${JSON.stringify(given)?.slice(0, 40)}`,
  );
}

/**
 * Lets so many messages a second pass. Of those that wait, one with the same key as a newer one is needless; others wait
 * for a second at most, then the oldest go. Whoever is next learns how many are missing.
 */
export class Pace {
  readonly #intervalMs: number;
  readonly #limit: number;
  readonly #pass: (message: FeedMessage) => void;
  readonly #onMissed: (gap: Gap) => void;
  /** In the order of the stream. */
  readonly #waiting = new Map<unknown, FeedMessage>();
  /** When the next may pass, by the clock of `performance`. */
  #nextAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `limit`: how many keys may wait. */
  constructor(
    rate: number,
    limit: number,
    pass: (message: FeedMessage) => void,
    onMissed: (gap: Gap) => void,
  ) {
    this.#intervalMs = 1_000 / rate;
    this.#limit = limit;
    this.#pass = pass;
    this.#onMissed = onMissed;
  }

  put(message: FeedMessage): void {
    if (this.#stopped) return;
    const { key } = message;
    // Behind the others, not in its old place: whoever comes back with its cursor must have had all before it.
    if (key !== undefined && this.#waiting.delete(key)) this.#onMissed({ missed: 1, reason: 'CONFLATED' });
    this.#waiting.set(key ?? message, message);
    const limit =
      key === undefined
        ? Math.min(this.#limit, Math.max(1, Math.floor(1_000 / this.#intervalMs)))
        : this.#limit;
    while (this.#waiting.size > limit) {
      this.#waiting.delete(this.#waiting.keys().next().value);
      this.#onMissed({ missed: 1, reason: 'RATE' });
    }
    if (this.#timer) return;
    this.#nextAt = Math.max(this.#nextAt, performance.now());
    this.#work();
  }

  /** Nothing more will come: what waits need not. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [key, message] of this.#waiting) {
      this.#waiting.delete(key);
      this.#pass(message);
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #work(): void {
    this.#timer = undefined;
    const now = performance.now();
    // A late timer is made up for, a long standstill is not.
    this.#nextAt = Math.max(this.#nextAt, now - 20);
    for (const [key, message] of this.#waiting) {
      // A timer may be a millisecond early.
      if (this.#nextAt > now + 0.5 || this.#stopped) break;
      this.#waiting.delete(key);
      this.#nextAt += this.#intervalMs;
      this.#pass(message);
    }
    if (this.#waiting.size === 0 || this.#stopped) return;
    this.#timer = setTimeout(() => this.#work(), Math.max(1, Math.ceil(this.#nextAt - now)));
    this.#timer.unref();
  }
}
