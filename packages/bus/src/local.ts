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
import { Journal } from './journal.ts';
import { lockJournal } from './journal-lock.ts';
import { LocalDurable } from './local-durable.ts';
import { durableLine, type LocalRecord, messageLine, recordLine, snapshotLines } from './local-record.ts';
import { LocalStream, type StoredMessage } from './local-stream.ts';
import { LocalSubscription } from './local-subscription.ts';
import { assertPattern, assertSubject, notTaken, subjectMatcher, subjectsOverlap } from './subject-match.ts';

export interface LocalBusOptions {
  log: BusLog;
  /**
   * A file that makes the bus outlive its process: what was published is there after a kill -9, and what no durable
   * has acknowledged is delivered again. A power cut may lose the last moments, since nothing is fsynced per message.
   * Without it everything is gone with the process.
   */
  journal?: string;
  /** Memory a stream's messages may take before a `log` drops its oldest and a `work` refuses. Default 128 MiB. */
  maxStreamBytes?: number;
  /** The journal is rewritten past this size, and past twice what is worth keeping. Default 64 MiB. */
  maxJournalBytes?: number;
}

/** Opens the bus of one process only: publishers and consumers share it as an object. Everything is kept in memory. */
export async function openLocalBus(options: LocalBusOptions): Promise<Bus> {
  const bus = new LocalBus(options);
  await bus.open();
  return bus;
}

class LocalBus implements Bus {
  readonly #log: BusLog;
  readonly #options: LocalBusOptions;
  readonly #maxStreamBytes: number;
  readonly #streams = new Map<string, LocalStream>();
  readonly #durables = new Map<string, Map<string, LocalDurable>>();
  readonly #subscriptions = new Map<LocalStream, Set<LocalSubscription>>();
  readonly #consumptions = new Set<Consumption>();
  #journal: Journal | undefined;
  #lock: AsyncDisposable | undefined;
  #compactAt = 0;
  #compacting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(options: LocalBusOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#maxStreamBytes = options.maxStreamBytes ?? 128 * 1024 * 1024;
  }

  get connected(): boolean {
    return !this.#closed;
  }

  async open(): Promise<void> {
    const { journal } = this.#options;
    if (!journal) return;
    this.#lock = await lockJournal(journal);
    let damaged = 0;
    try {
      this.#journal = await Journal.open(
        journal,
        (line) => {
          if (!this.#restore(line)) damaged += 1;
        },
        () => snapshotLines(this.#streams, this.#durables),
      );
    } catch (error) {
      await this.#lock[Symbol.asyncDispose]();
      throw error;
    }
    if (damaged > 0) this.#log.error({ journal, damaged }, 'lines of the journal could not be read');
    for (const durables of this.#durables.values())
      for (const durable of durables.values()) durable.restored();
    this.#setCompactAt();
  }

  async ensureStreams(definitions: readonly StreamDefinition[]): Promise<void> {
    this.#assertOpen();
    for (const definition of definitions) {
      definition.subjects.forEach(assertPattern);
      this.#assertNoOverlap(definition);
      const stream = this.#define(definition);
      await this.#write(recordLine(['stream', definition, stream.last]));
    }
  }

  publish(
    subject: string,
    payload: unknown,
    options: { messageId: string; headers?: Headers },
  ): Promise<void> {
    try {
      return this.#publish(subject, payload, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async consume(
    options: ConsumeOptions,
    handler: (message: Delivery) => Promise<void>,
  ): Promise<Consumption> {
    this.#assertOpen();
    const durable = await this.#durable(options);
    const consumption = durable.consume(options, handler);
    const mine: Consumption = {
      [Symbol.asyncDispose]: async () => {
        this.#consumptions.delete(mine);
        await consumption[Symbol.asyncDispose]();
      },
    };
    this.#consumptions.add(mine);
    return mine;
  }

  async subscribe(
    subjects: readonly string[],
    { stream: wanted, after, from = 'now', maxBuffered = 1_024 }: SubscribeOptions = {},
  ): Promise<BusSubscription> {
    this.#assertOpen();
    subjects.forEach(assertPattern);
    const stream = this.#streamOfPatterns(subjects, wanted);
    const all = this.#subscriptions.get(stream) ?? new Set();
    this.#subscriptions.set(stream, all);
    const subscription = new LocalSubscription(stream, subjects, { after, from, maxBuffered }, () => {
      all.delete(subscription);
    });
    all.add(subscription);
    return subscription;
  }

  async depth(stream: string, durable: string): Promise<{ pending: number; inFlight: number }> {
    if (!this.#streams.has(stream)) throw noStream(stream);
    return this.#durables.get(stream)?.get(durable)?.depth() ?? { pending: 0, inFlight: 0 };
  }

  async newest(pattern: string, limit: number): Promise<BusMessage[]> {
    this.#assertOpen();
    assertPattern(pattern);
    const stream = this.#streamOfPatterns([pattern], undefined);
    if (stream.definition.kind !== 'latest') {
      throw new BusError('CONFLICT', `${stream.definition.name} is no stream of kind latest`);
    }
    stream.trim(Date.now());
    const matches = subjectMatcher(pattern);
    const found = [...stream.messages.values()].filter(({ subject }) => matches(subject));
    return found.slice(0, limit).map((message) => stream.toBusMessage(message));
  }

  /** What is stored has come to everybody in the same turn. */
  async lag(): Promise<ReadonlyMap<string, number>> {
    const lags = new Map<string, number>();
    for (const [{ definition }, all] of this.#subscriptions) {
      if (all.size > 0) lags.set(definition.name, Math.max(...[...all].map(({ waiting }) => waiting)));
    }
    return lags;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Handlers under way may still publish.
    await Promise.all([...this.#consumptions].map((consumption) => consumption[Symbol.asyncDispose]()));
    this.#closed = true;
    for (const all of this.#subscriptions.values())
      for (const one of [...all]) await one[Symbol.asyncDispose]();
    await this.#compacting;
    await this.#journal?.close();
    await this.#lock?.[Symbol.asyncDispose]();
  }

  #publish(
    subject: string,
    payload: unknown,
    { messageId, headers }: { messageId: string; headers?: Headers },
  ): Promise<void> {
    this.#assertOpen();
    assertSubject(subject);
    if (!messageId) throw new TypeError(`expected a message id for ${subject}`);
    const body = encodePayload(subject, payload, headers);
    const stream = [...this.#streams.values()].find((candidate) => candidate.takes(subject));
    if (!stream) throw new BusError('NO_STREAM', `no stream takes ${subject}`);
    const at = Date.now();
    const known = stream.ids.find(messageId, at);
    if (known) return known;
    stream.trim(at);
    const { name, kind, maxMessages } = stream.definition;
    if (kind === 'work' && stream.full) {
      throw new BusError(
        'FULL',
        `${name} is full: ${maxMessages} messages or ${this.#maxStreamBytes} bytes wait in it`,
      );
    }
    const sequence = stream.nextSequence();
    const stored = this.#store(stream, { sequence, subject, messageId, at, headers: headers ?? {}, body });
    stream.ids.add(messageId, at, stored);
    return stored;
  }

  /** Journal first, then readers: nobody sees what a crash could take back. */
  async #store(stream: LocalStream, message: StoredMessage): Promise<void> {
    try {
      await this.#write(messageLine(stream.definition.name, message));
    } catch (error) {
      stream.ids.forget(message.messageId);
      throw error;
    }
    stream.add(message);
    for (const subscription of this.#subscriptions.get(stream) ?? []) subscription.offer(message);
    for (const durable of this.#durables.get(stream.definition.name)?.values() ?? []) durable.pump();
  }

  async #durable({ stream: name, durable: durableName, filter }: ConsumeOptions): Promise<LocalDurable> {
    const stream = this.#streams.get(name);
    if (!stream) throw noStream(name);
    assertDurable(durableName);
    if (filter) assertPattern(filter);
    const durables = this.#durables.get(name) ?? new Map<string, LocalDurable>();
    this.#durables.set(name, durables);
    if (stream.definition.kind === 'work') {
      for (const other of durables.values()) {
        if (other.name === durableName || !subjectsOverlap(other.filter ?? '>', filter ?? '>')) continue;
        throw new BusError(
          'CONFLICT',
          `${name} gives each message to one durable, and ${other.name} takes these`,
        );
      }
    }
    let durable = durables.get(durableName);
    if (durable && durable.filter === filter) return durable;
    if (durable) durable.refilter(filter);
    else {
      durable = this.#newDurable(stream, durableName, filter);
      durables.set(durableName, durable);
    }
    await this.#write(durableLine(name, durable));
    return durable;
  }

  #newDurable(stream: LocalStream, name: string, filter: string | undefined): LocalDurable {
    const streamName = stream.definition.name;
    return new LocalDurable(name, stream, filter, {
      log: this.#log,
      taken: (sequence, attempt) =>
        this.#write(recordLine(['taken', streamName, name, sequence, attempt])).catch((error: unknown) => {
          this.#log.warn(
            { err: error, durable: name, sequence },
            'an attempt could not be noted, and is made',
          );
        }),
      acknowledged: (sequence) => {
        this.#note(recordLine(['acknowledged', streamName, name, sequence]));
        if (stream.definition.kind === 'work') stream.remove(sequence);
      },
      bury: (letter) =>
        this.publish(deadLetterSubject(name), letter, {
          messageId: deadLetterId(name, streamName, letter.sequence),
          headers: letter.headers,
        }),
    });
  }

  #define(definition: StreamDefinition, last?: number): LocalStream {
    const known = this.#streams.get(definition.name);
    if (known) {
      known.define(definition);
      if (last !== undefined) known.raise(last);
      return known;
    }
    // Numbering begins at the clock, so that a position in a stream of an earlier life, lost with its journal, is known
    // to be gone and never taken for one of this life.
    const stream = new LocalStream(definition, last ?? Date.now(), this.#maxStreamBytes);
    this.#streams.set(definition.name, stream);
    return stream;
  }

  #assertNoOverlap(definition: StreamDefinition): void {
    for (const other of this.#streams.values()) {
      if (other.definition.name === definition.name) continue;
      const both = other.definition.subjects.find((a) =>
        definition.subjects.some((b) => subjectsOverlap(a, b)),
      );
      if (both)
        throw new BusError('CONFLICT', `${definition.name} and ${other.definition.name} both take ${both}`);
    }
  }

  #streamOfPatterns(patterns: readonly string[], wanted: string | undefined): LocalStream {
    if (patterns.length === 0) throw new TypeError('expected at least one subject');
    const streams = patterns.map((pattern) =>
      [...this.#streams.values()].find(
        ({ definition: { name, subjects } }) =>
          (wanted === undefined || name === wanted) &&
          subjects.some((subject) => subjectsOverlap(subject, pattern)),
      ),
    );
    const [stream] = streams;
    if (!stream || streams.some((other) => other !== stream)) {
      throw new BusError('NO_STREAM', notTaken(patterns, wanted));
    }
    if (stream.definition.kind === 'work') {
      throw new BusError(
        'CONFLICT',
        `${stream.definition.name} is a work stream: its messages are for its durables`,
      );
    }
    return stream;
  }

  /** True if the line could be read. Called for each line before anything else happens. */
  #restore(line: string): boolean {
    let record: LocalRecord;
    try {
      record = JSON.parse(line);
    } catch {
      return false; // counted and reported by the caller
    }
    if (record[0] === 'stream') {
      this.#define(record[1], record[2]);
      return true;
    }
    const stream = this.#streams.get(record[1]);
    if (!stream) return false;
    switch (record[0]) {
      case 'id': {
        const [, , id, at] = record;
        stream.ids.add(id, at, Promise.resolve());
        return true;
      }
      case 'message': {
        const [, , sequence, at, messageId, subject, headers, payload] = record;
        stream.add({ sequence, at, messageId, subject, headers, body: JSON.stringify(payload) });
        stream.ids.add(messageId, at, Promise.resolve());
        return true;
      }
    }
    const name = record[2];
    const durables = this.#durables.get(record[1]) ?? new Map<string, LocalDurable>();
    this.#durables.set(record[1], durables);
    const durable = durables.get(name) ?? this.#newDurable(stream, name, undefined);
    durables.set(name, durable);
    switch (record[0]) {
      case 'durable': {
        const [, , , filter, cursor, open] = record;
        durable.refilter(filter ?? undefined);
        durable.cursor = Math.max(durable.cursor, cursor);
        for (const [sequence, attempt] of open) durable.restoreTaken(sequence, attempt);
        return true;
      }
      case 'taken':
        durable.restoreTaken(record[3], record[4]);
        return true;
      case 'acknowledged':
        durable.restoreAcknowledged(record[3]);
        if (stream.definition.kind === 'work') stream.remove(record[3]);
        return true;
      default:
        record satisfies never;
        return false;
    }
  }

  #note(line: string): void {
    this.#journal?.note(line);
    this.#compactIfLarge();
  }

  async #write(line: string): Promise<void> {
    if (!this.#journal) return;
    try {
      await this.#journal.append(line);
    } catch (cause) {
      throw new BusError('UNAVAILABLE', 'the journal cannot be written', { cause });
    }
    this.#compactIfLarge();
  }

  #compactIfLarge(): void {
    const journal = this.#journal;
    if (!journal || this.#compacting || this.#closing || journal.bytes < this.#compactAt) return;
    this.#compacting = journal
      .compact(snapshotLines(this.#streams, this.#durables))
      .catch((error: unknown) => this.#log.error({ err: error }, 'the journal could not be compacted'))
      .finally(() => {
        this.#setCompactAt();
        this.#compacting = undefined;
      });
  }

  #setCompactAt(): void {
    this.#compactAt = Math.max(
      this.#options.maxJournalBytes ?? 64 * 1024 * 1024,
      2 * (this.#journal?.bytes ?? 0),
    );
  }

  #assertOpen(): void {
    if (this.#closed) throw new BusError('CLOSED', 'the bus is closed');
  }
}

function noStream(name: string): BusError {
  return new BusError('NO_STREAM', `there is no stream ${name}`);
}
