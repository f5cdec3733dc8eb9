import {
  BusError,
  type BusLog,
  type ConsumeOptions,
  type Consumption,
  type DeadLetter,
  type Delivery,
} from './bus.ts';
import { deadLetter, reasonOf, redeliveryDelayMs } from './delivery-policy.ts';
import type { LocalStream, StoredMessage } from './local-stream.ts';
import { subjectMatcher } from './subject-match.ts';

/** A message that has been taken and not acknowledged. */
interface Open {
  attempt: number;
  /** Which attempt is being waited for; an older one that fails late is not listened to. 0 while waiting. */
  running: number;
  retryAt: number;
  reason: string | undefined;
}

interface Consumer {
  options: ConsumeOptions;
  handler: (message: Delivery) => Promise<void>;
  busy: Set<Promise<void>>;
  stop: AbortController;
}

export interface DurableHooks {
  log: BusLog;
  /** Resolves when a crash during the attempt will have been an attempt. */
  taken(sequence: number, attempt: number): Promise<void>;
  acknowledged(sequence: number): void;
  bury(letter: DeadLetter): Promise<void>;
}

/** How long a message waits that can be neither handled nor buried. */
const buryAgainMs = 5_000;

/** One durable of the local bus: where it is in its stream, what is under way, and who works on it. */
export class LocalDurable {
  readonly name: string;
  filter: string | undefined;
  /** The first sequence not yet taken; what is below and not in `open` is done. */
  cursor = 0;
  readonly open = new Map<number, Open>();
  readonly #stream: LocalStream;
  readonly #hooks: DurableHooks;
  readonly #consumers = new Set<Consumer>();
  /** Sequences waiting for another attempt, soonest first. */
  #retries: { sequence: number; at: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #matches: (subject: string) => boolean = () => true;

  constructor(name: string, stream: LocalStream, filter: string | undefined, hooks: DurableHooks) {
    this.name = name;
    this.#stream = stream;
    this.#hooks = hooks;
    this.refilter(filter);
  }

  refilter(filter: string | undefined): void {
    this.filter = filter;
    this.#matches = filter ? subjectMatcher(filter) : () => true;
  }

  /** Learns from the journal that a message was taken, so that it is delivered again as the next attempt. */
  restoreTaken(sequence: number, attempt: number): void {
    this.cursor = Math.max(this.cursor, sequence + 1);
    const known = this.open.get(sequence)?.attempt ?? 0;
    this.open.set(sequence, { attempt: Math.max(attempt, known), running: 0, retryAt: 0, reason: undefined });
  }

  restoreAcknowledged(sequence: number): void {
    this.cursor = Math.max(this.cursor, sequence + 1);
    this.open.delete(sequence);
  }

  /** After the last line of the journal: what was under way in the life before is due at once. */
  restored(): void {
    for (const sequence of this.open.keys())
      if (!this.#stream.messages.has(sequence)) this.open.delete(sequence);
    this.#retries = [...this.open.keys()].sort((a, b) => a - b).map((sequence) => ({ sequence, at: 0 }));
  }

  consume(options: ConsumeOptions, handler: (message: Delivery) => Promise<void>): Consumption {
    const consumer: Consumer = { options, handler, busy: new Set(), stop: new AbortController() };
    this.#consumers.add(consumer);
    queueMicrotask(() => this.pump());
    return {
      [Symbol.asyncDispose]: async () => {
        this.#consumers.delete(consumer);
        consumer.stop.abort(new BusError('CLOSED', `the consumption of ${this.name} has stopped`));
        if (this.#consumers.size === 0) clearTimeout(this.#timer);
        await Promise.all(consumer.busy);
        this.pump();
      },
    };
  }

  /** Gives out what can be given out now. Called whenever that may have changed. */
  pump(): void {
    // One clock for the whole round: what is not due for the taking must be due later for the timer.
    const now = Date.now();
    for (let gave = true; gave; ) {
      gave = false;
      for (const consumer of this.#consumers) {
        if (consumer.busy.size >= consumer.options.concurrency) continue;
        const message = this.#take(consumer.options.ordered ?? consumer.options.concurrency === 1, now);
        if (!message) break;
        gave = true;
        const work = this.#attempt(consumer, message).finally(() => {
          consumer.busy.delete(work);
          this.pump();
        });
        consumer.busy.add(work);
      }
    }
    this.#schedule(now);
  }

  depth(): { pending: number; inFlight: number } {
    let pending = 0;
    let message = this.#stream.next(this.cursor, this.#matches);
    for (; message; message = this.#stream.next(message.sequence + 1, this.#matches)) pending += 1;
    return { pending, inFlight: this.open.size };
  }

  #take(ordered: boolean, now: number): StoredMessage | undefined {
    for (let retry = this.#retries[0]; retry && retry.at <= now; retry = this.#retries[0]) {
      if (ordered && this.#someRunning()) return undefined;
      this.#retries.shift();
      const open = this.open.get(retry.sequence);
      if (open?.running !== 0 || open.retryAt !== retry.at) continue;
      const message = this.#stream.messages.get(retry.sequence);
      if (message) return message;
      this.open.delete(retry.sequence); // retention was faster
    }
    if (ordered && this.open.size > 0) return undefined;
    this.#stream.trim(now);
    const message = this.#stream.next(this.cursor, this.#matches);
    this.cursor = message ? message.sequence + 1 : Math.max(this.cursor, this.#stream.last + 1);
    return message;
  }

  #someRunning(): boolean {
    for (const { running } of this.open.values()) if (running !== 0) return true;
    return false;
  }

  async #attempt(consumer: Consumer, message: StoredMessage): Promise<void> {
    const { sequence } = message;
    const { maxDeliveries, backoffMs, ackWaitMs = 30_000 } = consumer.options;
    const before = this.open.get(sequence);
    if (before && before.attempt >= maxDeliveries) {
      await this.#bury(message, before, before.reason ?? 'its attempts ended without an answer');
      return;
    }
    const attempt = (before?.attempt ?? 0) + 1;
    const open: Open = { attempt, running: attempt, retryAt: 0, reason: before?.reason };
    this.open.set(sequence, open);
    await this.#hooks.taken(sequence, attempt);

    const wait = setTimeout(() => {
      open.reason = `no answer within ${ackWaitMs} ms`;
      if (open.running === attempt) this.#retry(sequence, open, 0);
    }, ackWaitMs);
    try {
      await consumer.handler({
        ...this.#stream.toBusMessage(message),
        attempt,
        working: () => wait.refresh(),
        signal: consumer.stop.signal,
      });
      if (this.open.delete(sequence)) this.#hooks.acknowledged(sequence);
    } catch (error) {
      if (this.open.get(sequence) !== open || open.running !== attempt) return;
      open.reason = reasonOf(error);
      this.#hooks.log.warn(
        { err: error, durable: this.name, sequence, attempt },
        'a message was not handled',
      );
      if (consumer.stop.signal.aborted) this.#retry(sequence, open, 0);
      else if (attempt >= maxDeliveries) await this.#bury(message, open, open.reason);
      else this.#retry(sequence, open, redeliveryDelayMs(backoffMs, attempt));
    } finally {
      clearTimeout(wait);
    }
  }

  async #bury(message: StoredMessage, open: Open, reason: string): Promise<void> {
    const { sequence } = message;
    open.running = open.attempt;
    open.reason = reason;
    try {
      const about = { ...this.#stream.toBusMessage(message), attempts: open.attempt };
      await this.#hooks.bury(deadLetter(about, reason));
      if (this.open.delete(sequence)) this.#hooks.acknowledged(sequence);
    } catch (error) {
      this.#hooks.log.error(
        { err: error, durable: this.name, sequence },
        'a dead letter could not be stored',
      );
      this.#retry(sequence, open, buryAgainMs);
    }
  }

  #retry(sequence: number, open: Open, delayMs: number): void {
    open.running = 0;
    open.retryAt = Date.now() + delayMs;
    let i = this.#retries.length;
    while (i > 0 && this.#retries[i - 1]!.at > open.retryAt) i -= 1;
    this.#retries.splice(i, 0, { sequence, at: open.retryAt });
    this.pump();
  }

  #schedule(now: number): void {
    clearTimeout(this.#timer);
    const soonest = this.#retries[0];
    if (!soonest || this.#consumers.size === 0) return;
    // What is due and still here waits for somebody to be free, and whoever ends pumps.
    if (soonest.at > now) this.#timer = setTimeout(() => this.pump(), soonest.at - now);
  }
}
