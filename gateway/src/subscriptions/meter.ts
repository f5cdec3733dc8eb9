import type { GraphQLError } from 'graphql';
import type { CostReport } from '../budgets/budgets.ts';
import { gatewayError } from '../errors.ts';
import type { Mailbox } from './mailbox.ts';
import type { FeedMessage } from './message.ts';

/** `report` is what the client is told where it was taken. */
export type Charge = (
  cost: number,
) => Promise<{ taken: boolean; waitMs: number; report: CostReport | undefined }>;

/** Longer than any bucket needs to fill; a timer must end. */
export const maxWaitMs = 3_600_000;

/**
 * Takes the price of each event before it is delivered. While the budget is used up only the newest event is kept; the
 * client is told how many he has missed.
 */
export class Meter {
  readonly #mailbox: Mailbox;
  readonly #charge: Charge;
  readonly #onTooDear: (error: GraphQLError) => void;
  readonly #limit: number;
  #queue: FeedMessage[] = [];
  #working = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(mailbox: Mailbox, charge: Charge, onTooDear: (error: GraphQLError) => void, limit: number) {
    this.#mailbox = mailbox;
    this.#charge = charge;
    this.#onTooDear = onTooDear;
    this.#limit = limit;
  }

  put(event: FeedMessage): void {
    this.#queue.push(event);
    this.#keep(this.#timer ? 1 : this.#limit);
    if (!this.#working && !this.#timer) {
      this.#work().catch((error: unknown) => {
        this.#onTooDear(
          gatewayError('INTERNAL_SERVER_ERROR', 'Something went wrong here.', { cause: error }),
        );
      });
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (let event = this.#queue.shift(); event && !this.#stopped; event = this.#queue.shift()) {
        const { taken, waitMs, report } = await this.#charge(event.cost());
        if (this.#stopped) return;
        if (taken) {
          this.#mailbox.put(event.message, report && { cost: report }, event.key);
        } else if (waitMs > maxWaitMs) {
          const message = `An event costs ${event.cost()} points, more than the budget has.`;
          this.#onTooDear(gatewayError('MAX_COST_EXCEEDED', message, { extensions: { cost: event.cost() } }));
          return;
        } else {
          this.#queue.unshift(event);
          this.#keep(1);
          this.#wait(waitMs);
          return;
        }
      }
    } finally {
      this.#working = false;
    }
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const newest = this.#queue.pop();
      if (newest) this.put(newest);
    }, ms);
    this.#timer.unref();
  }

  #keep(count: number): void {
    const surplus = this.#queue.length - count;
    if (surplus <= 0) return;
    this.#queue.splice(0, surplus);
    this.#mailbox.missed({ missed: surplus, reason: count === 1 ? 'THROTTLED' : 'SLOW_CLIENT' });
  }
}
