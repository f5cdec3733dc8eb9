import { channelWeights } from '@alexandrite/schema/channel-weights';
import type { Channel } from '@alexandrite/schema/events';

interface Waiting {
  give: (turn: Turn) => void;
  signal: AbortSignal;
  giveUp: () => void;
}

/** To be given back once, whatever happened. */
export type Turn = Disposable;

/**
 * Hands out turns to compute, as many at a time as there are threads. Among the channels that wait, by smooth weighted
 * round robin; within a channel, first come, first served. A channel alone gets every turn.
 */
export class FairTurns {
  readonly #weights: Readonly<Record<Channel, number>>;
  readonly #queues: Record<Channel, Waiting[]> = { B2B: [], B2C: [] };
  readonly #credits: Record<Channel, number> = { B2B: 0, B2C: 0 };
  #free: number;

  constructor(turns: number, weights: Readonly<Record<Channel, number>> = channelWeights) {
    this.#free = turns;
    this.#weights = weights;
  }

  waiting(channel: Channel): number {
    return this.#queues[channel].length;
  }

  /** Resolves when it is this one's turn; rejects with the signal's reason. */
  take(channel: Channel, signal: AbortSignal): Promise<Turn> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Turn>();
    const queue = this.#queues[channel];
    const waiting: Waiting = {
      give: resolve,
      signal,
      giveUp: () => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal.reason);
      },
    };
    signal.addEventListener('abort', waiting.giveUp, { once: true });
    queue.push(waiting);
    this.#handOut();
    return promise;
  }

  #handOut(): void {
    while (this.#free > 0) {
      const channel = this.#next();
      if (!channel) return;
      const { give, signal, giveUp } = this.#queues[channel].shift()!;
      signal.removeEventListener('abort', giveUp);
      this.#free--;
      let isBack = false;
      give({
        [Symbol.dispose]: () => {
          if (isBack) return;
          isBack = true;
          this.#free++;
          this.#handOut();
        },
      });
    }
  }

  /** Every channel that waits earns its weight; the richest is served and pays for all. */
  #next(): Channel | null {
    const channels = Object.keys(this.#queues) as Channel[];
    const waiting = channels.filter((channel) => this.#queues[channel].length > 0);
    // Who does not wait does not save up.
    for (const channel of channels) if (!waiting.includes(channel)) this.#credits[channel] = 0;
    let richest: Channel | null = null;
    for (const channel of waiting) {
      this.#credits[channel] += this.#weights[channel];
      if (!richest || this.#credits[channel] > this.#credits[richest]) richest = channel;
    }
    if (richest) this.#credits[richest] -= waiting.reduce((sum, channel) => sum + this.#weights[channel], 0);
    return richest;
  }
}
