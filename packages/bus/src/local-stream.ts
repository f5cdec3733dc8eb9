import type { BusMessage, Headers, StreamDefinition } from './bus.ts';
import { RecentIds } from './recent-ids.ts';
import { subjectMatcher } from './subject-match.ts';

/** A message as it lies in a stream: the payload stays JSON, so that no reader can change what another one reads. */
export interface StoredMessage {
  sequence: number;
  subject: string;
  messageId: string;
  /** Milliseconds since 1970. */
  at: number;
  headers: Headers;
  body: string;
}

/** One stream of the local bus: retained messages by sequence, bounded in age, number and bytes. */
export class LocalStream {
  readonly messages = new Map<number, StoredMessage>();
  definition: StreamDefinition;
  ids: RecentIds;
  /** The newest sequence ever given out and stored. */
  last: number;
  /** No message below this one is kept. */
  first: number;
  #bytes = 0;
  /** Of a `latest` stream: where the one message of each subject is. */
  readonly #newest = new Map<string, number>();
  #next: number;
  #matchers: ((subject: string) => boolean)[] = [];
  readonly #maxBytes: number;

  /** `last`: where numbering goes on. */
  constructor(definition: StreamDefinition, last: number, maxBytes: number) {
    this.definition = definition;
    this.ids = new RecentIds(definition.duplicateWindowMs);
    this.#maxBytes = maxBytes;
    this.last = last;
    this.#next = last + 1;
    this.first = last + 1;
    this.define(definition);
  }

  define(definition: StreamDefinition): void {
    if (definition.duplicateWindowMs !== this.definition.duplicateWindowMs) {
      const old = this.ids;
      this.ids = new RecentIds(definition.duplicateWindowMs);
      for (const { id, at } of old.entries(Date.now())) this.ids.add(id, at, Promise.resolve());
    }
    this.definition = definition;
    this.#matchers = definition.subjects.map(subjectMatcher);
    this.#newest.clear();
    if (definition.kind === 'latest') for (const message of this.messages.values()) this.#replace(message);
  }

  takes(subject: string): boolean {
    return this.#matchers.some((matches) => matches(subject));
  }

  /** A `work` stream that is full refuses; the others drop their oldest. */
  get full(): boolean {
    const unstored = this.#next - 1 - this.last;
    return this.messages.size + unstored >= this.definition.maxMessages || this.#bytes >= this.#maxBytes;
  }

  nextSequence(): number {
    return this.#next++;
  }

  add(message: StoredMessage): void {
    if (this.messages.has(message.sequence)) return;
    if (this.messages.size === 0) this.first = message.sequence;
    this.messages.set(message.sequence, message);
    this.#bytes += sizeOf(message);
    this.raise(message.sequence);
    if (this.definition.kind === 'latest') this.#replace(message);
    if (this.definition.kind !== 'work') this.trim(message.at);
  }

  /** Numbering goes on above this sequence. */
  raise(sequence: number): void {
    this.last = Math.max(this.last, sequence);
    this.#next = Math.max(this.#next, sequence + 1);
  }

  remove(sequence: number): void {
    const message = this.messages.get(sequence);
    if (!message) return;
    this.messages.delete(sequence);
    if (this.#newest.get(message.subject) === sequence) this.#newest.delete(message.subject);
    this.#bytes -= sizeOf(message);
    this.#advance();
  }

  /** Forgets what is too old, and what is too much, but for a `work` stream. */
  trim(now: number): void {
    const { kind, maxAgeMs, maxMessages } = this.definition;
    this.#advance();
    for (let oldest = this.messages.get(this.first); oldest; oldest = this.messages.get(this.first)) {
      const tooMuch = kind !== 'work' && (this.messages.size > maxMessages || this.#bytes > this.#maxBytes);
      if (!tooMuch && now - oldest.at < maxAgeMs) return;
      this.remove(oldest.sequence);
    }
  }

  /** The first retained message at or behind `from` that matches. */
  next(from: number, matches: (subject: string) => boolean): StoredMessage | undefined {
    for (let sequence = Math.max(from, this.first); sequence <= this.last; sequence++) {
      const message = this.messages.get(sequence);
      if (message && matches(message.subject)) return message;
    }
    return undefined;
  }

  toBusMessage({ sequence, subject, messageId, at, headers, body }: StoredMessage): BusMessage {
    return {
      subject,
      payload: JSON.parse(body),
      headers,
      stream: this.definition.name,
      sequence,
      messageId,
      publishedAt: new Date(at),
    };
  }

  /** The newer of two with one subject stays; they may be read from a journal in any order. */
  #replace({ subject, sequence }: StoredMessage): void {
    const known = this.#newest.get(subject);
    if (known !== undefined && known > sequence) {
      this.remove(sequence);
      return;
    }
    this.#newest.set(subject, sequence);
    if (known !== undefined) this.remove(known);
  }

  #advance(): void {
    while (this.first <= this.last && !this.messages.has(this.first)) this.first += 1;
  }
}

/** Characters of text and the object around it, roughly. */
function sizeOf({ body, subject, messageId }: StoredMessage): number {
  return body.length + subject.length + messageId.length + 200;
}
