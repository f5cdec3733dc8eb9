/** Somebody who waits for his turn. */
export interface Queued {
  /** His turn has come. */
  admitted(): void;
}

/** At most so many at a time; the others wait in a queue that has an end. */
export class Gate<Waiting extends Queued> {
  readonly #limit: number;
  readonly #maxQueued: number;
  /** In the order in which they came; whoever has gone leaves no trace. */
  readonly #queue = new Set<Waiting>();
  #inside = 0;

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
    if (this.#inside < this.#limit) {
      this.#inside++;
      return 'inside';
    }
    if (this.#queue.size >= this.#maxQueued) return 'refused';
    this.#queue.add(waiting);
    return 'queued';
  }

  /** Call once for everybody who was inside. */
  leave(): void {
    for (const next of this.#queue) {
      this.#queue.delete(next);
      next.admitted();
      return;
    }
    this.#inside--;
  }

  /** Waits no longer. */
  giveUp(waiting: Waiting): void {
    this.#queue.delete(waiting);
  }
}
