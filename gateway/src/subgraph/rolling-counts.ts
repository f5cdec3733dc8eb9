const slots = 10;

/** How often two things happened within the last while; a call costs a few additions. Times are of a monotonic clock. */
export class RollingCounts {
  readonly #slotMs: number;
  readonly #first = new Uint32Array(slots);
  readonly #second = new Uint32Array(slots);
  #current = 0;

  constructor(windowMs: number) {
    this.#slotMs = windowMs / slots;
  }

  addFirst(now: number): void {
    this.#first[this.#slot(now)]!++;
  }

  addSecond(now: number): void {
    this.#second[this.#slot(now)]!++;
  }

  totals(now: number): { first: number; second: number } {
    this.#slot(now);
    let first = 0;
    let second = 0;
    for (let slot = 0; slot < slots; slot++) {
      first += this.#first[slot]!;
      second += this.#second[slot]!;
    }
    return { first, second };
  }

  clear(): void {
    this.#first.fill(0);
    this.#second.fill(0);
  }

  /** Forgets what is too old. */
  #slot(now: number): number {
    const wanted = Math.floor(now / this.#slotMs);
    if (wanted - this.#current >= slots) this.clear();
    else {
      for (let passed = this.#current + 1; passed <= wanted; passed++) {
        this.#first[passed % slots] = 0;
        this.#second[passed % slots] = 0;
      }
    }
    // Somebody's clock was read before another's: what is older counts as of now.
    if (wanted > this.#current) this.#current = wanted;
    return this.#current % slots;
  }
}
