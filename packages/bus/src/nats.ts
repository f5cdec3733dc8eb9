import {
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import {
  type Bus,
  BusError,
  type BusLog,
  type BusMessage,
  type BusSubscription,
  type ConsumeOptions,
  type Consumption,
  type Delivery,
  type Headers,
  type StreamDefinition,
  type SubscribeOptions,
} from './bus.ts';
import { assertDurable, deadLetterId, deadLetterSubject, encodePayload } from './delivery-policy.ts';
import { type ConnectNatsOptions, connectNats, type NatsLink } from './nats-connection.ts';
import { NatsConsumption } from './nats-consumption.ts';
import { busError, isConsumerNotFound, isNoResponders, isStreamNotFound } from './nats-error.ts';
import { NatsFeed } from './nats-feed.ts';
import { fromStored, toBusMessage, toNatsHeaders } from './nats-message.ts';
import { NatsSubscription } from './nats-subscription.ts';
import { assertPattern, assertSubject, notTaken, subjectsOverlap } from './subject-match.ts';

/** How long a call waits for the server, a reconnection included. */
const waitMs = 5_000;

/** Connects to NATS with JetStream (server 2.9 or newer). The connection is the bus's own. */
export async function openNatsBus(options: ConnectNatsOptions): Promise<Bus> {
  const link = await connectNats(options);
  const manager = await jetstreamManager(link.connection, { timeout: waitMs, checkAPI: false });
  return new NatsBus(link, manager, options.log);
}

class NatsBus implements Bus {
  readonly #link: NatsLink;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #log: BusLog;
  readonly #feeds = new Map<string, Promise<NatsFeed>>();
  readonly #consumptions = new Set<Consumption>();
  readonly #subscriptions = new Set<NatsSubscription>();
  /** What is known of the streams; looked up again when a subject belongs to none. */
  #streams: StreamConfig[] = [];
  #closing: Promise<void> | undefined;

  constructor(link: NatsLink, manager: JetStreamManager, log: BusLog) {
    this.#link = link;
    this.#manager = manager;
    this.#client = jetstream(link.connection, { timeout: waitMs });
    this.#log = log;
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  async ensureStreams(definitions: readonly StreamDefinition[]): Promise<void> {
    for (const definition of definitions) {
      definition.subjects.forEach(assertPattern);
      await this.#ask(`ensure the stream ${definition.name}`, () => this.#ensureStream(definition));
    }
    this.#streams = [];
  }

  async publish(
    subject: string,
    payload: unknown,
    { messageId, headers }: { messageId: string; headers?: Headers },
  ): Promise<void> {
    assertSubject(subject);
    if (!messageId) throw new TypeError(`expected a message id for ${subject}`);
    const body = encodePayload(subject, payload, headers);
    const natsHeaders = headers ? toNatsHeaders(headers) : undefined;
    try {
      // Not handed to the client while it is away: it would keep what its caller has given up.
      await this.#link.ask(waitMs, (timeout) =>
        this.#client.publish(subject, body, { msgID: messageId, timeout, headers: natsHeaders }),
      );
    } catch (error) {
      if (isNoResponders(error)) await this.#assertStreamTakes(subject);
      throw busError(error, `publish ${subject}`);
    }
  }

  async consume(
    options: ConsumeOptions,
    handler: (message: Delivery) => Promise<void>,
  ): Promise<Consumption> {
    const { durable, stream } = options;
    assertDurable(durable);
    if (options.filter) assertPattern(options.filter);
    const consumption = new NatsConsumption(
      this.#link,
      this.#manager,
      options,
      handler,
      (letter) =>
        this.publish(deadLetterSubject(durable), letter, {
          messageId: deadLetterId(durable, stream, letter.sequence),
          headers: letter.headers,
        }),
      this.#log,
    );
    try {
      await this.#ask(`consume ${stream} as ${durable}`, () => consumption.open());
    } catch (error) {
      await consumption[Symbol.asyncDispose]();
      throw error;
    }
    const mine: Consumption = {
      [Symbol.asyncDispose]: async () => {
        this.#consumptions.delete(mine);
        await consumption[Symbol.asyncDispose]();
      },
    };
    this.#consumptions.add(mine);
    return mine;
  }

  subscribe(
    subjects: readonly string[],
    { stream: wanted, after, from = 'now', maxBuffered = 1_024 }: SubscribeOptions = {},
  ): Promise<BusSubscription> {
    return this.#ask(`subscribe to ${subjects.join(', ')}`, async () => {
      subjects.forEach(assertPattern);
      const stream = await this.#streamOf(subjects, wanted);
      const feed = await this.#feed(stream);
      const subscription = new NatsSubscription(this.#link, this.#manager, this.#log, {
        stream,
        subjects,
        maxBuffered,
        onEnd: (ended) => {
          feed.remove(ended);
          this.#subscriptions.delete(ended);
        },
      });
      // On the feed first, then the place in the stream: nothing falls between.
      feed.add(subscription);
      this.#subscriptions.add(subscription);
      try {
        const { state } = await this.#manager.streams.info(stream);
        const first = state.messages === 0 ? state.last_seq + 1 : state.first_seq;
        if (after !== undefined && (after > state.last_seq || after + 1 < first)) {
          throw new BusError(
            'GONE',
            `${stream} has ${first} to ${state.last_seq}, not what follows ${after}`,
          );
        }
        subscription.begin(after ?? (from === 'oldest' ? first - 1 : state.last_seq), state.last_seq);
      } catch (error) {
        await subscription[Symbol.asyncDispose]();
        throw error;
      }
      return subscription;
    });
  }

  depth(stream: string, durable: string): Promise<{ pending: number; inFlight: number }> {
    return this.#ask(`look at ${durable}`, async () => {
      try {
        const { num_pending, num_ack_pending } = await this.#manager.consumers.info(stream, durable);
        return { pending: num_pending, inFlight: num_ack_pending };
      } catch (error) {
        if (isConsumerNotFound(error)) return { pending: 0, inFlight: 0 };
        throw error;
      }
    });
  }

  newest(pattern: string, limit: number): Promise<BusMessage[]> {
    return this.#ask(`look for ${pattern}`, async () => {
      assertPattern(pattern);
      const stream = await this.#streamOf([pattern]);
      if (!this.#streams.some(({ name, max_msgs_per_subject: most }) => name === stream && most === 1)) {
        throw new BusError('CONFLICT', `${stream} is no stream of kind latest`);
      }
      const { state } = await this.#manager.streams.info(stream, { subjects_filter: pattern });
      const subjects = Object.keys(state.subjects ?? {}).slice(0, limit);
      const found = await Promise.all(
        subjects.map((subject) => this.#manager.streams.getMessage(stream, { last_by_subj: subject })),
      );
      // Null: it has become too old in between.
      return found.flatMap((stored) => (stored ? toBusMessage(fromStored(stream, stored)) : []));
    });
  }

  lag(): Promise<ReadonlyMap<string, number>> {
    return this.#ask('look how far the streams are', async () => {
      const lags = new Map<string, number>();
      for (const [stream, opening] of this.#feeds) {
        const feed = await opening;
        if (feed.isRead) lags.set(stream, await feed.lag());
      }
      return lags;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Handlers under way may still publish.
    await Promise.all([...this.#consumptions].map((consumption) => consumption[Symbol.asyncDispose]()));
    for (const subscription of [...this.#subscriptions]) await subscription[Symbol.asyncDispose]();
    const feeds = await Promise.allSettled(this.#feeds.values());
    for (const feed of feeds) if (feed.status === 'fulfilled') await feed.value[Symbol.asyncDispose]();
    await this.#link[Symbol.asyncDispose]();
  }

  /** Asks the server, connected or soon to be, and speaks of failures in our codes. */
  async #ask<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#link.ask(waitMs, work);
    } catch (error) {
      throw busError(error, doing);
    }
  }

  #feed(stream: string): Promise<NatsFeed> {
    const known = this.#feeds.get(stream);
    if (known) return known;
    const feed = new NatsFeed(this.#link, this.#manager, stream, this.#log);
    const opening = feed.open().then(
      () => feed,
      async (error: unknown) => {
        this.#feeds.delete(stream);
        await feed[Symbol.asyncDispose]();
        throw error;
      },
    );
    this.#feeds.set(stream, opening);
    return opening;
  }

  async #ensureStream(definition: StreamDefinition): Promise<void> {
    const { name, subjects, kind, maxAgeMs, maxMessages, duplicateWindowMs } = definition;
    const work = kind === 'work';
    const changeable = {
      subjects: [...subjects],
      max_msgs_per_subject: kind === 'latest' ? 1 : -1,
      max_age: nanos(maxAgeMs),
      max_msgs: maxMessages,
      duplicate_window: nanos(Math.min(duplicateWindowMs, maxAgeMs)),
      discard: work ? DiscardPolicy.New : DiscardPolicy.Old,
    };
    let info: StreamInfo;
    try {
      info = await this.#manager.streams.info(name);
    } catch (error) {
      if (!isStreamNotFound(error)) throw error;
      const retention = work ? RetentionPolicy.Workqueue : RetentionPolicy.Limits;
      await this.#manager.streams.add({ name, retention, storage: StorageType.File, ...changeable });
      return;
    }
    if ((info.config.retention === RetentionPolicy.Workqueue) !== work) {
      throw new BusError('CONFLICT', `${name} is there and not a ${kind} stream; its kind cannot be changed`);
    }
    await this.#manager.streams.update(name, changeable);
  }

  /** The one stream for readers that takes all of these patterns. */
  async #streamOf(patterns: readonly string[], wanted?: string): Promise<string> {
    if (patterns.length === 0) throw new TypeError('expected at least one subject');
    const find = () =>
      this.#streams.find(
        ({ name, subjects }) =>
          (wanted === undefined || name === wanted) &&
          patterns.every((pattern) => subjects.some((subject) => subjectsOverlap(subject, pattern))),
      );
    if (!find()) await this.#lookUpStreams();
    const stream = find();
    if (!stream) throw new BusError('NO_STREAM', notTaken(patterns, wanted));
    if (stream.retention === RetentionPolicy.Workqueue) {
      throw new BusError('CONFLICT', `${stream.name} is a work stream: its messages are for its durables`);
    }
    return stream.name;
  }

  async #lookUpStreams(): Promise<void> {
    const streams: StreamConfig[] = [];
    for await (const { config } of this.#manager.streams.list()) streams.push(config);
    this.#streams = streams;
  }

  async #assertStreamTakes(subject: string): Promise<void> {
    await this.#lookUpStreams().catch(() => {
      throw new BusError('UNAVAILABLE', 'JetStream is not ready');
    });
    const taken = this.#streams.some(({ subjects }) =>
      subjects.some((pattern) => subjectsOverlap(pattern, subject)),
    );
    if (!taken) throw new BusError('NO_STREAM', `no stream takes ${subject}`);
  }
}
