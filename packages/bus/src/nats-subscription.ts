import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { BusError, type BusLog, type BusMessage, type BusSubscription } from './bus.ts';
import { MessageQueue } from './message-queue.ts';
import type { NatsLink } from './nats-connection.ts';
import type { FeedReader } from './nats-feed.ts';
import { fromStored, type KeptMessage, toBusMessage } from './nats-message.ts';
import { commonPattern, subjectMatcher } from './subject-match.ts';

export interface NatsSubscriptionOptions {
  stream: string;
  subjects: readonly string[];
  maxBuffered: number;
  onEnd: (subscription: NatsSubscription) => void;
}

/**
 * One subscription on a feed. It is added to the feed before its place in the stream is known, and begins when told
 * that place: what lies between is then neither missing nor double.
 */
export class NatsSubscription implements BusSubscription, FeedReader {
  startedAfter = 0;
  readonly #link: NatsLink;
  readonly #manager: JetStreamManager;
  readonly #stream: string;
  readonly #pattern: string;
  readonly #matchers: ((subject: string) => boolean)[];
  readonly #live: MessageQueue<KeptMessage>;
  readonly #log: BusLog;
  readonly #maxBuffered: number;
  /** What the feed says counts behind this sequence; before, the stream itself is read. Unknown until `begin`. */
  #liveAfter: number | undefined;
  #early: KeptMessage[] = [];
  #backlogAt = 1;
  #lost = 0;

  constructor(link: NatsLink, manager: JetStreamManager, log: BusLog, options: NatsSubscriptionOptions) {
    this.#link = link;
    this.#manager = manager;
    this.#log = log;
    this.#stream = options.stream;
    this.#maxBuffered = options.maxBuffered;
    this.#pattern = commonPattern(options.subjects);
    this.#matchers = options.subjects.map(subjectMatcher);
    this.#live = new MessageQueue(options.maxBuffered);
    this.#live.onEnd = () => options.onEnd(this);
  }

  get dropped(): number {
    return this.#live.dropped + this.#lost;
  }

  get waiting(): number {
    return this.#live.waiting + this.#early.length;
  }

  /** Begins behind `after`, in a stream that ended at `last` when this was already on the feed. */
  begin(after: number, last: number): void {
    this.startedAfter = after;
    this.#backlogAt = after + 1;
    this.#liveAfter = last;
    for (const message of this.#early.splice(0)) this.offer(message);
  }

  matches(subject: string): boolean {
    return this.#matchers.some((matches) => matches(subject));
  }

  offer(message: KeptMessage): void {
    if (this.#liveAfter === undefined) {
      this.#early.push(message);
      if (this.#early.length > this.#maxBuffered) {
        this.#early.shift();
        this.#lost += 1;
      }
    } else if (message.info.sequence > this.#liveAfter) this.#live.push(message);
  }

  missed(first: number, last: number): void {
    this.#lost += Math.max(0, last - Math.max(first, (this.#liveAfter ?? 0) + 1) + 1);
  }

  gone(error: BusError): void {
    this.#live.end(error);
  }

  [Symbol.asyncIterator](): AsyncIterator<BusMessage> {
    return { next: () => this.#next(), return: () => this.#end() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live.end();
  }

  async #end(): Promise<IteratorResult<BusMessage>> {
    this.#live.end();
    return { value: undefined, done: true };
  }

  async #next(): Promise<IteratorResult<BusMessage>> {
    for (;;) {
      const missed = await this.#nextMissed();
      const next = missed ? { value: missed, done: false } : await this.#live.next();
      if (next.done) return { value: undefined, done: true };
      const message = next.value as KeptMessage;
      try {
        return { value: toBusMessage(message), done: false };
      } catch (error) {
        this.#log.error(
          { err: error, subject: message.subject, ...message.info },
          'a message is no JSON, skipped',
        );
      }
    }
  }

  async #nextMissed(): Promise<KeptMessage | undefined> {
    const end = this.#liveAfter ?? 0;
    while (!this.#live.ended && this.#backlogAt <= end) {
      const stored = await this.#storedFrom(this.#backlogAt);
      if (!stored || stored.seq > end) {
        this.#backlogAt = end + 1;
        return undefined;
      }
      this.#backlogAt = stored.seq + 1;
      if (!this.matches(stored.subject)) continue;
      return fromStored(this.#stream, stored);
    }
    return undefined;
  }

  /** The first stored message from here on, however long the server is away. */
  async #storedFrom(sequence: number): Promise<StoredMsg | null> {
    const query = { seq: sequence, next_by_subj: this.#pattern };
    while (!this.#live.ended) {
      try {
        return await this.#link.ask(5_000, () => this.#manager.streams.getMessage(this.#stream, query));
      } catch (error) {
        if (this.#link.connection.isClosed())
          throw new BusError('CLOSED', 'the bus is closed', { cause: error });
        this.#log.warn({ err: error, stream: this.#stream, sequence }, 'the stream cannot be read now');
        await new Promise((resolve) => setTimeout(resolve, 250 + Math.random() * 250));
      }
    }
    return null;
  }
}
