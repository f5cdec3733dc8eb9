import type { Bus, BusSubscription } from '@alexandrite/bus';
import type { OrderMoved } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import type { Log } from '@alexandrite/telemetry/log';

/** Nobody waits for this price any more. */
export class OrderCancelled extends Error {
  override readonly name = 'OrderCancelled';
}

/** So many cancelled orders are remembered: their requests may still be in the queue. */
const mostRemembered = 20_000;

/**
 * Hears of cancelled orders, stops what is being computed for them, and lets nothing begin for those whose requests are
 * still in the queue. It is an economy only: a message that is missed costs a computation whose result nobody takes.
 */
export class Cancellations implements AsyncDisposable {
  readonly #subscription: BusSubscription;
  readonly #running = new Map<string, Set<AbortController>>();
  /** A cancelled order never comes back. */
  readonly #cancelled = new Set<string>();
  readonly #listening: Promise<void>;

  static async listen(bus: Bus, log: Log): Promise<Cancellations> {
    return new Cancellations(await bus.subscribe([subjects.orderMoved('*', '*', 'CANCELLED')]), log);
  }

  private constructor(subscription: BusSubscription, log: Log) {
    this.#subscription = subscription;
    this.#listening = this.#listen().catch((error: unknown) => {
      log.warn({ err: error }, 'cancelled orders are no longer heard of');
    });
  }

  /** Aborted, with `OrderCancelled`, when the order is cancelled before the work is done. */
  watch(orderId: string): Disposable & { signal: AbortSignal } {
    const controller = new AbortController();
    if (this.#cancelled.has(orderId)) controller.abort(cancellation(orderId));
    const running = this.#running.get(orderId) ?? new Set();
    this.#running.set(orderId, running.add(controller));
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => {
        running.delete(controller);
        if (running.size === 0) this.#running.delete(orderId);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#subscription[Symbol.asyncDispose]();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    for await (const { payload } of this.#subscription) {
      const { order } = payload as OrderMoved;
      this.#cancelled.add(order.id);
      if (this.#cancelled.size > mostRemembered)
        this.#cancelled.delete(this.#cancelled.values().next().value!);
      for (const controller of this.#running.get(order.id) ?? []) controller.abort(cancellation(order.id));
    }
  }
}

function cancellation(orderId: string): OrderCancelled {
  return new OrderCancelled(`order ${orderId} was cancelled`);
}
