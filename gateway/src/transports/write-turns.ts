/** Who has something to write. */
export interface Flushable {
  flush(): void;
}

/** Few enough that the process hears of something else every half a millisecond. */
const atATime = 64;

/**
 * Lets one after another write. What has come meanwhile is heard between turns: under load the next events join what
 * still waits, instead of waiting for all to be written.
 */
export class WriteTurns {
  #queue: Flushable[] = [];
  #next = 0;
  #scheduled = false;

  /** Each once, until it had its turn. */
  add(writer: Flushable): void {
    this.#queue.push(writer);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#work);
  }

  readonly #work = (): void => {
    this.#scheduled = false;
    const end = Math.min(this.#next + atATime, this.#queue.length);
    while (this.#next < end) this.#queue[this.#next++]!.flush();
    if (this.#next === this.#queue.length) {
      this.#queue = [];
      this.#next = 0;
      return;
    }
    if (this.#next > 10_000) {
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
    this.#scheduled = true;
    setImmediate(this.#work);
  };
}
