import { BusError, type BusMessage, type BusSubscription } from './bus.ts';
import type { LocalStream, StoredMessage } from './local-stream.ts';
import { MessageQueue } from './message-queue.ts';
import { subjectMatcher } from './subject-match.ts';

/**
 * A subscription of the local bus. What it missed is read from the stream as the reader asks for it; what comes
 * meanwhile waits in the queue.
 */
export class LocalSubscription implements BusSubscription {
  readonly startedAfter: number;
  readonly #stream: LocalStream;
  readonly #matches: (subject: string) => boolean;
  readonly #live: MessageQueue<StoredMessage>;
  /** The next sequence to read from the stream, and the last one that comes from there. */
  #backlogAt: number;
  readonly #backlogEnd: number;
  #lost = 0;

  constructor(
    stream: LocalStream,
    subjects: readonly string[],
    options: { after: number | undefined; from: 'now' | 'oldest'; maxBuffered: number },
    onEnd: () => void,
  ) {
    const { after, from } = options;
    stream.trim(Date.now());
    if (after !== undefined && (after > stream.last || after + 1 < stream.first)) {
      const { name } = stream.definition;
      throw new BusError('GONE', `${name} has ${stream.first} to ${stream.last}, not what follows ${after}`);
    }
    const matchers = subjects.map(subjectMatcher);
    this.#stream = stream;
    this.#matches = (subject) => matchers.some((matches) => matches(subject));
    this.#live = new MessageQueue(options.maxBuffered);
    this.startedAfter = after ?? (from === 'oldest' ? stream.first - 1 : stream.last);
    this.#backlogAt = this.startedAfter + 1;
    this.#backlogEnd = stream.last;
    this.#live.onEnd = onEnd;
  }

  get dropped(): number {
    return this.#live.dropped + this.#lost;
  }

  get waiting(): number {
    return this.#live.waiting;
  }

  /** A message was stored in the stream. */
  offer(message: StoredMessage): void {
    if (this.#matches(message.subject)) this.#live.push(message);
  }

  [Symbol.asyncIterator](): AsyncIterator<BusMessage> {
    return {
      next: async () => {
        const missed = this.#nextMissed();
        if (missed) return { value: this.#stream.toBusMessage(missed), done: false };
        const next = await this.#live.next();
        return next.done ? next : { value: this.#stream.toBusMessage(next.value), done: false };
      },
      return: async () => {
        this.#live.end();
        return { value: undefined, done: true };
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live.end();
  }

  #nextMissed(): StoredMessage | undefined {
    if (this.#live.ended || this.#backlogAt > this.#backlogEnd) return undefined;
    if (this.#backlogAt < this.#stream.first) {
      // Retention overtook the reader.
      const end = Math.min(this.#stream.first, this.#backlogEnd + 1);
      this.#lost += end - this.#backlogAt;
      this.#backlogAt = end;
    }
    const message = this.#stream.next(this.#backlogAt, this.#matches);
    const found = message && message.sequence <= this.#backlogEnd ? message : undefined;
    this.#backlogAt = found ? found.sequence + 1 : this.#backlogEnd + 1;
    return found;
  }
}
