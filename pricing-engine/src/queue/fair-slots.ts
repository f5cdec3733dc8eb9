/**
 * A bounded number of slots shared by several queues. While more than one queue waits, each gets slots in proportion to
 * its weight (smooth weighted round robin), so that the favoured one goes first and none is starved.
 */
export class FairSlots<Q extends string> {
  readonly #weights: Readonly<Record<Q, number>>;
  readonly #credits = new Map<Q, number>();
  readonly #waiting = new Map<Q, Waiter[]>();
  #free: number;

  /** Weights are positive; with `{ B2B: 3, B2C: 1 }` of four slots given while both wait, three go to B2B. */
  constructor(slots: number, weights: Readonly<Record<Q, number>>) {
    this.#free = slots;
    this.#weights = weights;
    for (const queue of Object.keys(weights) as Q[]) {
      if (!(weights[queue] > 0)) throw new RangeError(`the weight of ${queue} must be above 0`);
      this.#credits.set(queue, 0);
      this.#waiting.set(queue, []);
    }
  }

  /** Resolves with a slot, to be disposed of after use. Rejects with the signal's reason when it is aborted first. */
  async take(queue: Q, signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    const waiting = this.#waiting.get(queue)!;
    if (this.#free > 0) {
      this.#free--;
    } else {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const waiter = { grant: resolve };
      const giveUp = () => {
        const at = waiting.indexOf(waiter);
        if (at < 0) return; // granted already
        waiting.splice(at, 1);
        reject(signal.reason);
      };
      waiting.push(waiter);
      signal.addEventListener('abort', giveUp, { once: true });
      await promise.finally(() => signal.removeEventListener('abort', giveUp));
    }
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#passOn();
      },
    };
  }

  #passOn(): void {
    const contenders = [...this.#waiting].filter(([, waiting]) => waiting.length > 0);
    if (contenders.length === 0) {
      this.#free++;
      return;
    }
    let total = 0;
    let chosen = contenders[0]![0];
    for (const [queue] of contenders) {
      total += this.#weights[queue];
      this.#credits.set(queue, this.#credits.get(queue)! + this.#weights[queue]);
      if (this.#credits.get(queue)! > this.#credits.get(chosen)!) chosen = queue;
    }
    this.#credits.set(chosen, this.#credits.get(chosen)! - total);
    this.#waiting.get(chosen)!.shift()!.grant();
  }
}

interface Waiter {
  grant: () => void;
}
