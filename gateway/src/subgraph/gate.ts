/** Somebody who waits for his turn. */
export interface Queued {
  /** His turn has come. Must not throw. */
  admitted(): void;
}

/** At most so many at a time; the others wait in a queue that has an end. */
export class Gate<Waiting extends Queued> {
  readonly #limit: number;
  readonly #maxQueued: number;
  /** In the order in which they came; whoever has gone leaves no trace. */
  readonly #queue = new Set<Waiting>();
  #inside = 0;
  #admitting = false;

  constructor(limit: number, maxQueued: number) {
    this.#limit = limit;
    this.#maxQueued = maxQueued;
  }

  get inside(): number {
    return this.#inside;
  }

  get queued(): number {
    return this.#queue.size;
  }

  enter(waiting: Waiting): 'inside' | 'queued' | 'refused' {
    if (this.#inside < this.#limit && this.#queue.size === 0) {
      this.#inside++;
      return 'inside';
    }
    if (this.#queue.size >= this.#maxQueued) return 'refused';
    this.#queue.add(waiting);
    return 'queued';
  }

  /** Call once for everybody who was inside. */
  leave(): void {
    this.#inside--;
    // Whoever leaves as soon as he is admitted must not admit the next from in here: there may be thousands of them.
    if (this.#admitting) return;
    this.#admitting = true;
    for (const next of this.#queue) {
      if (this.#inside >= this.#limit) break;
      this.#queue.delete(next);
      this.#inside++;
      next.admitted();
    }
    this.#admitting = false;
  }

  /** Waits no longer. */
  giveUp(waiting: Waiting): void {
    this.#queue.delete(waiting);
  }
}
