import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, type Msg, nanos, type Subscription } from '@nats-io/transport-node';
import {
  BusError,
  type BusLog,
  type ConsumeOptions,
  type Consumption,
  type DeadLetter,
  type Delivery,
} from './bus.ts';
import { deadLetter, reasonOf, redeliveryDelayMs } from './delivery-policy.ts';
import type { NatsLink } from './nats-connection.ts';
import { isConsumerNotFound } from './nats-error.ts';
import { type DeliveryInfo, deliveryInfo, fromNatsHeaders, statusOf, toBusMessage } from './nats-message.ts';

/** A request for one message stands so long at the server before it is made again. */
const requestMs = 30_000;
/** A dead letter that cannot be stored is tried again after so long. */
const buryAgainMs = 5_000;

/**
 * One process's share of a durable pull consumer. It asks the server for one message per free hand, never more, so that
 * nothing waits here while its acknowledgement runs out.
 */
export class NatsConsumption implements Consumption {
  readonly #link: NatsLink;
  readonly #manager: JetStreamManager;
  readonly #options: ConsumeOptions;
  readonly #handler: (message: Delivery) => Promise<void>;
  readonly #bury: (letter: DeadLetter) => Promise<void>;
  readonly #log: BusLog;
  readonly #busy = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #stopListening: () => void;
  #subscription: Subscription | undefined;
  #inbox = '';
  /** Requests that stand at the server. */
  #asked = 0;
  #watchdog: NodeJS.Timeout | undefined;
  #repairing: Promise<void> | undefined;
  #repairedAt = Number.NEGATIVE_INFINITY;
  #disposing: Promise<void> | undefined;

  constructor(
    link: NatsLink,
    manager: JetStreamManager,
    options: ConsumeOptions,
    handler: (message: Delivery) => Promise<void>,
    bury: (letter: DeadLetter) => Promise<void>,
    log: BusLog,
  ) {
    this.#link = link;
    this.#manager = manager;
    this.#options = options;
    this.#handler = handler;
    this.#bury = bury;
    this.#log = log;
    this.#stopListening = link.onReconnect(() => this.#repair());
  }

  async open(): Promise<void> {
    await ensureConsumer(this.#manager, this.#options);
    this.#listen();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  async #dispose(): Promise<void> {
    this.#stop.abort(new BusError('CLOSED', `the consumption of ${this.#options.durable} has stopped`));
    this.#stopListening();
    clearTimeout(this.#watchdog);
    // Draining lets those come that are on their way; they are handed back at once.
    if (this.#link.connected) {
      await this.#subscription?.drain().catch((error: unknown) => {
        this.#log.warn({ err: error }, 'NATS went away while a consumption stopped');
      });
    } else this.#subscription?.unsubscribe();
    await Promise.all(this.#busy);
  }

  /** A new inbox each time: requests made on the old one find nobody and are dropped by the server. */
  #listen(): void {
    this.#subscription?.unsubscribe();
    this.#inbox = createInbox();
    this.#asked = 0;
    const subscription = this.#link.connection.subscribe(this.#inbox, {
      callback: (error, message) => {
        if (!error && subscription === this.#subscription) this.#receive(message);
      },
    });
    this.#subscription = subscription;
    this.#ask();
  }

  #ask(): void {
    if (this.#stop.signal.aborted || this.#repairing || !this.#link.connected) return;
    const { stream, durable, concurrency } = this.#options;
    const request = JSON.stringify({ batch: 1, expires: nanos(requestMs) });
    for (; this.#asked + this.#busy.size < concurrency; this.#asked++) {
      this.#link.connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, request, {
        reply: this.#inbox,
      });
    }
    clearTimeout(this.#watchdog);
    // Each request is answered, be it by its running out; silence means that they were lost.
    if (this.#asked > 0) this.#watchdog = setTimeout(() => this.#repair(), requestMs + 5_000);
  }

  #receive(message: Msg): void {
    const status = statusOf(message);
    if (status === 100) return;
    this.#asked = Math.max(0, this.#asked - 1);
    const info = status === 0 ? deliveryInfo(message.reply) : null;
    if (!info) {
      // 404 and 408: nothing came in time. 409: too many wait, or the consumer was deleted. 503: there is none.
      if (status === 404 || status === 408) this.#ask();
      else this.#repair();
      return;
    }
    if (this.#stop.signal.aborted) {
      this.#respond(message, '-NAK');
      return;
    }
    const work = this.#attempt(message, info).finally(() => {
      this.#busy.delete(work);
      this.#ask();
    });
    this.#busy.add(work);
    this.#ask();
  }

  async #attempt(message: Msg, info: DeliveryInfo): Promise<void> {
    const { durable, maxDeliveries, backoffMs } = this.#options;
    const { deliveries: attempt, sequence } = info;
    let about: ReturnType<typeof toBusMessage>;
    try {
      about = toBusMessage({
        subject: message.subject,
        info,
        ...fromNatsHeaders(message.headers),
        body: message.string(),
      });
    } catch (error) {
      const { messageId, headers } = fromNatsHeaders(message.headers);
      const { stream } = info;
      const raw = {
        subject: message.subject,
        stream,
        sequence,
        messageId,
        headers,
        payload: message.string(),
      };
      await this.#give(message, { ...raw, attempts: attempt }, `the payload is no JSON: ${reasonOf(error)}`);
      return;
    }
    if (attempt > maxDeliveries) {
      await this.#give(message, { ...about, attempts: attempt - 1 }, 'its attempts ended without an answer');
      return;
    }
    try {
      const working = () => this.#respond(message, '+WPI');
      await this.#handler({ ...about, attempt, working, signal: this.#stop.signal });
      this.#respond(message, '+ACK');
    } catch (error) {
      this.#log.warn({ err: error, durable, sequence, attempt }, 'a message was not handled');
      if (this.#stop.signal.aborted) this.#respond(message, '-NAK');
      else if (attempt >= maxDeliveries)
        await this.#give(message, { ...about, attempts: attempt }, reasonOf(error));
      else this.#respond(message, nakAfter(redeliveryDelayMs(backoffMs, attempt)));
    }
  }

  /** Gives a message up: a letter first, then the acknowledgement. */
  async #give(message: Msg, about: Omit<DeadLetter, 'reason'>, reason: string): Promise<void> {
    try {
      await this.#bury(deadLetter(about, reason));
      this.#respond(message, '+ACK');
    } catch (error) {
      const { durable } = this.#options;
      this.#log.error({ err: error, durable, sequence: about.sequence }, 'a dead letter could not be stored');
      this.#respond(message, nakAfter(buryAgainMs));
    }
  }

  /** Buffered while the server is away; what is lost with a closed connection comes again. */
  #respond(message: Msg, answer: string): void {
    try {
      message.respond(answer);
    } catch (error) {
      this.#log.warn({ err: error, durable: this.#options.durable, answer }, 'an answer could not be sent');
    }
  }

  /** Makes the consumer again if it is missing, and asks anew. */
  #repair(): void {
    if (this.#stop.signal.aborted || this.#repairing) return;
    clearTimeout(this.#watchdog);
    this.#repairing = this.#repairUntilDone().finally(() => {
      this.#repairing = undefined;
      if (!this.#stop.signal.aborted) this.#listen();
    });
  }

  async #repairUntilDone(): Promise<void> {
    // A server that refuses each time must not be asked without a pause.
    if (performance.now() - this.#repairedAt < 1_000)
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    this.#repairedAt = performance.now();
    for (let attempt = 1; !this.#stop.signal.aborted; attempt++) {
      try {
        await this.#link.whenConnected(60_000);
        await this.#link.ask(10_000, () => ensureConsumer(this.#manager, this.#options));
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#log.warn(
          { err: error, durable: this.#options.durable, attempt },
          'a durable cannot be consumed yet',
        );
      }
      // 0.1, 0.2, 0.4 … 2 seconds, less up to a half
      const delay = Math.min(2_000, 100 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

function nakAfter(delayMs: number): string {
  return delayMs > 0 ? `-NAK ${JSON.stringify({ delay: nanos(delayMs) })}` : '-NAK';
}

/** Creates the durable, or changes what may be changed of one that differs. */
async function ensureConsumer(manager: JetStreamManager, options: ConsumeOptions): Promise<void> {
  const { stream, durable, filter, concurrency, ackWaitMs = 30_000 } = options;
  const ordered = options.ordered ?? concurrency === 1;
  const wanted = {
    ack_wait: nanos(ackWaitMs),
    // Attempts are counted by whoever handles: the server would only stop delivering, and nobody would know.
    max_deliver: -1,
    // One at a time over all processes keeps the order; else only a bound on what waits for another attempt.
    max_ack_pending: ordered ? 1 : 1_000,
    filter_subject: filter,
  } satisfies Partial<ConsumerConfig>;
  try {
    const { config } = await manager.consumers.info(stream, durable);
    const same =
      config.ack_wait === wanted.ack_wait &&
      config.max_ack_pending === wanted.max_ack_pending &&
      (config.filter_subject || undefined) === filter;
    if (!same) await manager.consumers.update(stream, durable, wanted);
  } catch (error) {
    if (!isConsumerNotFound(error)) throw error;
    await manager.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ...wanted,
    });
  }
}
