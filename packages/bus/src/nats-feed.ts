import { AckPolicy, DeliverPolicy, type JetStreamManager, ReplayPolicy } from '@nats-io/jetstream';
import { createInbox, type Msg, nanos, type Subscription } from '@nats-io/transport-node';
import { BusError, type BusLog } from './bus.ts';
import type { NatsLink } from './nats-connection.ts';
import { deliveryInfo, fromNatsHeaders, type KeptMessage, statusOf } from './nats-message.ts';

/** Without a sign of life for two of these the consumer is made anew. */
const heartbeatMs = 2_500;
/** The server forgets a consumer that nobody listens to. */
const inactiveMs = 60_000;

export interface FeedReader {
  /** Messages that it was offered and that were not read yet. */
  readonly waiting: number;
  offer(message: KeptMessage): void;
  matches(subject: string): boolean;
  /** The stream no longer had these sequences, inclusive, when they were to be read. */
  missed(first: number, last: number): void;
  /** The stream is not the one that was being read: its numbers began anew. */
  gone(error: BusError): void;
}

/**
 * Everything that is stored in one stream from now on, in order, once per process: thousands of subscriptions share it
 * and cost the server nothing. Made anew behind the last sequence seen whenever the connection or the server went away,
 * so that nothing the stream still has is missed.
 */
export class NatsFeed implements AsyncDisposable {
  readonly #link: NatsLink;
  readonly #manager: JetStreamManager;
  readonly #stream: string;
  readonly #log: BusLog;
  readonly #readers = new Set<FeedReader>();
  readonly #stopListening: () => void;
  #subscription: Subscription | undefined;
  #consumer: string | undefined;
  #position = -1;
  #consumerSequence = 0;
  #watchdog: NodeJS.Timeout | undefined;
  #reopening: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(link: NatsLink, manager: JetStreamManager, stream: string, log: BusLog) {
    this.#link = link;
    this.#manager = manager;
    this.#stream = stream;
    this.#log = log;
    this.#stopListening = link.onReconnect(() => this.#restart('the connection came back'));
  }

  /** Resolves when the feed runs; rejects when it cannot be begun now. */
  async open(): Promise<void> {
    await this.#begin();
  }

  /** Whether somebody reads it. */
  get isRead(): boolean {
    return this.#readers.size > 0;
  }

  /** Messages that the stream has and that have not come yet, and those that the slowest reader has before him. */
  async lag(): Promise<number> {
    const { state } = await this.#manager.streams.info(this.#stream);
    let waiting = 0;
    for (const reader of this.#readers) waiting = Math.max(waiting, reader.waiting);
    return Math.max(0, state.last_seq - this.#position) + waiting;
  }

  add(reader: FeedReader): void {
    this.#readers.add(reader);
  }

  remove(reader: FeedReader): void {
    this.#readers.delete(reader);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#watchdog);
    this.#subscription?.unsubscribe();
    if (this.#link.connected) await this.#forgetConsumer();
  }

  /** Consumes behind the position; the first time, behind what is there now. */
  async #begin(): Promise<void> {
    const { state } = await this.#manager.streams.info(this.#stream);
    if (this.#closed) return;
    if (this.#position > state.last_seq) {
      const last = this.#position;
      this.#position = state.last_seq;
      const error = new BusError(
        'GONE',
        `${this.#stream} ends at ${state.last_seq}, but ${last} had been read`,
      );
      for (const reader of [...this.#readers]) reader.gone(error);
    }
    if (this.#position < 0) this.#position = state.last_seq;
    const inbox = createInbox();
    this.#subscription?.unsubscribe();
    this.#consumerSequence = 0;
    const subscription = this.#link.connection.subscribe(inbox, {
      callback: (error, message) => {
        if (!error && subscription === this.#subscription) this.#receive(message);
      },
    });
    this.#subscription = subscription;
    const { name } = await this.#manager.consumers.add(this.#stream, {
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#position + 1,
      ack_policy: AckPolicy.None,
      replay_policy: ReplayPolicy.Instant,
      max_deliver: 1,
      flow_control: true,
      idle_heartbeat: nanos(heartbeatMs),
      inactive_threshold: nanos(inactiveMs),
      mem_storage: true,
      num_replicas: 1,
    });
    this.#consumer = name;
    this.#alive();
  }

  #receive(message: Msg): void {
    this.#alive();
    if (statusOf(message) === 100) {
      // A flow control request is answered on its reply, a heartbeat that says we stall on the subject it names.
      const stalled = message.headers?.get('Nats-Consumer-Stalled');
      if (message.reply) message.respond();
      else if (stalled) this.#link.connection.publish(stalled);
      const last = Number(message.headers?.get('Nats-Last-Consumer') || 0);
      if (!message.reply && last > this.#consumerSequence) this.#restart('messages were lost on the way');
      return;
    }
    const info = deliveryInfo(message.reply);
    if (!info) return;
    if (info.consumerSequence !== this.#consumerSequence + 1) {
      this.#restart('a message was lost on the way');
      return;
    }
    this.#consumerSequence = info.consumerSequence;
    const expected = this.#position + 1;
    this.#position = info.sequence;
    let kept: KeptMessage | undefined;
    for (const reader of this.#readers) {
      if (info.sequence > expected) reader.missed(expected, info.sequence - 1);
      if (!reader.matches(message.subject)) continue;
      kept ??= {
        subject: message.subject,
        info,
        ...fromNatsHeaders(message.headers),
        body: message.string(),
      };
      reader.offer(kept);
    }
  }

  #alive(): void {
    clearTimeout(this.#watchdog);
    if (this.#closed) return;
    this.#watchdog = setTimeout(() => this.#restart('no sign of life'), 2 * heartbeatMs + 500);
  }

  #restart(reason: string): void {
    if (this.#closed) return;
    if (this.#reopening) {
      this.#again = true;
      return;
    }
    this.#log.info({ stream: this.#stream, position: this.#position, reason }, 'a feed is begun again');
    // Nothing more from the old one: what it still sends comes again.
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    this.#reopening = this.#reopen().finally(() => {
      this.#reopening = undefined;
      if (this.#again) {
        this.#again = false;
        this.#restart('once more');
      }
    });
  }

  async #reopen(): Promise<void> {
    for (let attempt = 1; !this.#closed; attempt++) {
      try {
        await this.#link.whenConnected(60_000);
        if (this.#closed) return;
        await this.#link.ask(10_000, async () => {
          await this.#forgetConsumer();
          await this.#begin();
        });
        return;
      } catch (error) {
        if (this.#closed) return;
        this.#log.warn({ err: error, stream: this.#stream, attempt }, 'a feed could not be begun again yet');
        // 0.1, 0.2, 0.4 … 2 seconds, less up to a half
        const delay = Math.min(2_000, 100 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
  }

  /** Best effort: the server forgets it anyway after a while. */
  async #forgetConsumer(): Promise<void> {
    const name = this.#consumer;
    this.#consumer = undefined;
    if (!name) return;
    await this.#manager.consumers.delete(this.#stream, name).catch((error: unknown) => {
      this.#log.info({ err: error, consumer: name }, 'an old consumer is left to the server');
    });
  }
}
