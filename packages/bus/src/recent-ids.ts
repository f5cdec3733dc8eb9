/**
 * Which message ids were seen within a window. Two generations, so that forgetting costs nothing: ids live for at least
 * one window and at most two, and their exact age is compared when asked.
 */
export class RecentIds {
  readonly #windowMs: number;
  #young = new Map<string, { at: number; stored: Promise<void> }>();
  #old = new Map<string, { at: number; stored: Promise<void> }>();
  #turnedAt = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** When the first message with this id is stored; undefined when there was none within the window. */
  find(id: string, now: number): Promise<void> | undefined {
    const seen = this.#young.get(id) ?? this.#old.get(id);
    return seen && now - seen.at < this.#windowMs ? seen.stored : undefined;
  }

  add(id: string, at: number, stored: Promise<void>): void {
    if (at - this.#turnedAt >= this.#windowMs) {
      this.#old = at - this.#turnedAt < 2 * this.#windowMs ? this.#young : new Map();
      this.#young = new Map();
      this.#turnedAt = at;
    }
    this.#young.set(id, { at, stored });
  }

  /** For a message that could not be stored after all. */
  forget(id: string): void {
    this.#young.delete(id);
    this.#old.delete(id);
  }

  /** Those still within the window. */
  *entries(now: number): Generator<{ id: string; at: number }> {
    for (const generation of [this.#old, this.#young]) {
      for (const [id, { at }] of generation) if (now - at < this.#windowMs) yield { id, at };
    }
  }
}
