import type { Log } from '@alexandrite/telemetry/log';
import type { SpanOptions } from '@alexandrite/telemetry/span';
import { type Trace, traceparentHeader } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { GraphQLError } from 'graphql';
import type { Caller } from '../caller/caller.ts';
import type { Engine, Execution, Result } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import { gatewayError } from '../errors.ts';
import { isObject, type JsonObject, own } from '../execute/json.ts';
import { applyRewrites } from '../execute/rewrite.ts';
import type { SubgraphAnswerError } from '../subgraph/subgraph.ts';
import type { CompiledSubscription } from './compile.ts';
import type { StreamPlace } from './cursor.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { EventMatch } from './event-filter.ts';
import { type EventSource, type Origin, PlaceLost, SourceEnded, type SourceEvent } from './event-source.ts';
import { History } from './history.ts';
import { type FeedMessage, type Gap, Message } from './message.ts';
import type { SubscriptionMetrics } from './metrics.ts';
import { type PayloadPath, valueAtPath } from './payload-path.ts';
import { Snapshots } from './snapshots.ts';

/** Characters of messages kept for those who come back: some hundred messages of the usual size. */
const historyLimit = 131_072;
/** Subscriptions that the step of a delivery names. */
const maxLinks = 16;

const tracer = tracerOf('gateway');
const delivery: SpanOptions = { kind: 'consumer' };

/** One who listens to a feed. */
export interface FeedListener {
  readonly caller: Caller;
  /** In which it has subscribed. */
  readonly trace: Trace | undefined;
  /** Whether a message of this place would be new to the listener. */
  wants(place: StreamPlace): boolean;
  event(message: FeedMessage): void;
  /** Events have been lost before they came here. */
  missed(gap: Gap): void;
  /** The source has lost its place: all begins again, with the current state where the field has one. */
  restart(snapshot: FeedMessage | undefined): void;
  /** Resolves when it can take more; null when it can now. Absent where it always can, and says what it has missed. */
  room?(): Promise<void> | null;
  /** There is another feed to go on with, which knows all behind what this one has given. It may stay. */
  goOnWith(feed: Feed): void;
  /** Calls back when what it was given has left this process, as far as its client takes it. */
  whenSent(callback: () => void): void;
  /** Whether what it knows may be old, since events do not come now. */
  stale(stale: boolean): void;
  /** Null when there is nothing more to come. */
  end(errors: readonly GraphQLError[] | null): void;
}

/** What a feed runs, for one generation of the supergraph; a new one brings another. */
export interface FeedGround {
  generation: Generation;
  compiled: CompiledSubscription;
  /** The operation and its variables; the caller is whoever listens with the freshest token. */
  execution: Omit<Execution, 'caller' | 'budget'>;
  /** Which events the field wants, for the claims and arguments that all who listen have; absent: all. */
  matches: EventMatch | undefined;
}

/** What is known of an event before its plan runs. */
interface Begun {
  data: JsonObject;
  errors: readonly SubgraphAnswerError[] | undefined;
  position: number | null;
}

export interface FeedOptions {
  /** Where the events come from. */
  origin: Origin;
  engine: Engine;
  ground: FeedGround;
  /** As the client has sent it, to be compiled for other generations. */
  text: string;
  operationName: string | null;
  metrics: SubscriptionMetrics;
  /** Where events go that do not fit; absent: they are only counted and logged. */
  deadLetters: DeadLetters | undefined;
  log: Log;
  /** Begins behind this sequence of the stream instead of at now; at now all the same when the stream has lost it. */
  after: number | undefined;
  /** The cursor of a place in this feed; absent where there are no cursors. */
  cursor: ((place: StreamPlace) => string) | undefined;
  /** Another feed of the same that knows all behind this one. Absent where this is the one that others join. */
  further: (() => Feed | undefined) | undefined;
  /** Called once, when the feed has stopped. */
  onClosed: () => void;
}

/**
 * One source of events for all who have subscribed to the same with the same rights: each event is completed once,
 * resolved from the subgraphs once and serialised once.
 */
export class Feed {
  readonly snapshots: Snapshots;
  /** Resolves when every event from now on will be seen. */
  readonly opened: Promise<void>;
  readonly #options: FeedOptions;
  readonly #listeners = new Set<FeedListener>();
  #ground: FeedGround;
  #origin: Origin;
  #source: EventSource | undefined;
  /** Counts the grounds, so that one that comes late is known to. */
  #moves = 0;
  #history = new History(0, historyLimit);
  #reading = false;
  #dropped = 0;
  #stale = false;
  /** Somebody has come while all who listen have too much. */
  #joined: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#origin = options.origin;
    this.#ground = options.ground;
    this.#ground.generation.retain();
    this.snapshots = new Snapshots(() => this.#snapshot());
    this.opened = this.#open();
    // Whoever joins awaits it too.
    this.opened.catch((error: unknown) => this.#fail(error));
  }

  get closed(): boolean {
    return this.#closed;
  }

  get options(): Readonly<FeedOptions> {
    return this.#options;
  }

  get ground(): FeedGround {
    return this.#ground;
  }

  get origin(): Origin {
    return this.#origin;
  }

  /** The one who listens with the freshest token; the feed outlives each of them. */
  get caller(): Caller | undefined {
    return this.#freshest();
  }

  /** Events that come from now on are resolved like this. */
  moveTo(ground: FeedGround): void {
    if (this.#closed) return;
    this.#moves++;
    ground.generation.retain();
    this.#ground.generation.release();
    this.#ground = ground;
  }

  /**
   * Events come from elsewhere, and are resolved like this, as soon as they do; until then all stays as it is. What comes
   * in between is missed, and clients are told so.
   */
  moveAway(ground: FeedGround, origin: Origin): void {
    if (this.#closed) return;
    const move = ++this.#moves;
    ground.generation.retain();
    this.#change(ground, origin, () => this.#closed || move !== this.#moves)
      .catch((error: unknown) => {
        if (move === this.#moves) this.#fail(error);
      })
      .finally(() => ground.generation.release());
  }

  async #change(ground: FeedGround, origin: Origin, isLate: () => boolean): Promise<void> {
    await this.opened;
    if (isLate()) return;
    // Places go on where they are, for those who listen.
    const source = await origin.open(this.#history.last, () => this.#freshest());
    if (isLate()) {
      await source[Symbol.asyncDispose]();
      return;
    }
    const before = this.#source;
    this.moveTo(ground);
    this.#origin = origin;
    this.#source = source;
    this.#dropped = 0;
    this.#missed({ missed: null, reason: 'SUPERGRAPH_CHANGED' });
    await before?.[Symbol.asyncDispose]();
  }

  /** Whether its events do not come now. */
  get stale(): boolean {
    return this.#stale;
  }

  set stale(stale: boolean) {
    if (stale === this.#stale) return;
    this.#stale = stale;
    for (const listener of this.#listeners) listener.stale(stale);
  }

  /** Nobody gets anything more; everybody is told why, or that there is nothing more to come. */
  end(errors: readonly GraphQLError[] | null): void {
    if (this.#closed) return;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    this.#close();
    for (const listener of listeners) listener.end(errors);
  }

  join(listener: FeedListener): void {
    this.#listeners.add(listener);
    this.#joined?.resolve();
  }

  get isOpen(): boolean {
    return this.#source !== undefined && !this.#closed;
  }

  /** The sequence behind which its source has begun. Only once opened. */
  get startedAfter(): number {
    return this.#source?.startedAfter ?? 0;
  }

  /** The sequence of the last event that was handled. */
  get last(): number {
    return this.#history.last;
  }

  /** The last one who leaves closes the source. */
  leave(listener: FeedListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#close();
  }

  /** Whether it gives all behind a sequence to whoever joins now. */
  knows(sequence: number): boolean {
    if (this.#closed) return false;
    return this.#source ? this.#history.knows(sequence) : this.#options.after === sequence;
  }

  /** What was made of the events behind a sequence; null when not all of it is known here. Only once opened. */
  since(sequence: number): FeedMessage[] | null {
    return this.#history.since(sequence);
  }

  /** Somebody is ready to listen: until then events wait at the bus. */
  begin(): void {
    if (this.#reading || !this.#source) return;
    this.#reading = true;
    this.#readAll().catch((error: unknown) => this.#fail(error));
  }

  /** A second time at now. */
  async #open(): Promise<void> {
    const after = this.#source ? undefined : this.#options.after;
    const source = await this.#origin.open(after, () => this.#freshest());
    if (this.#closed) {
      await source[Symbol.asyncDispose]();
      return;
    }
    this.#source = source;
    this.#history = new History(source.startedAfter, historyLimit);
  }

  /** From one source after another, to the end of the last. */
  async #readAll(): Promise<void> {
    let source: EventSource | undefined;
    while (source !== this.#source && !this.#closed) {
      source = this.#source!;
      try {
        await this.#read(source);
      } catch (error) {
        if (!(error instanceof PlaceLost)) throw error;
        await this.#restart(error);
      }
    }
    this.end(null);
  }

  async #restart(why: PlaceLost): Promise<void> {
    const { metrics, log } = this.#options;
    log.warn({ err: why, origin: this.#origin.name }, 'a source has lost its place and is opened again');
    await this.#source?.[Symbol.asyncDispose]();
    await this.#open();
    if (this.#closed) return;
    this.#dropped = 0;
    const snapshot = this.#ground.compiled.snapshot ? await this.snapshots.fresh() : undefined;
    metrics.restarted(this.#ground.compiled.field.name);
    for (const listener of this.#listeners) listener.restart(snapshot);
  }

  async #read(source: EventSource): Promise<void> {
    for await (const event of source) {
      for (let room = this.#room(); room; room = this.#room()) await room;
      if (this.#closed || source !== this.#source) return;
      if (source.dropped > this.#dropped) {
        if (this.#origin.resumable) {
          await this.#goBack(source);
          return;
        }
        this.#missed({ missed: source.dropped - this.#dropped, reason: 'SLOW_GATEWAY' });
        this.#dropped = source.dropped;
      }
      if (event.gap) this.#missed(event.gap);
      await tracer.handle(
        'deliver',
        event.headers[traceparentHeader],
        tracer.on ? this.#deliveryOf(event) : delivery,
        () => this.#handle(event),
      );
      this.#merge();
    }
  }

  /** More has come than the bus keeps for us: its stream has it still, unless it has forgotten that too. */
  async #goBack(source: EventSource): Promise<void> {
    const { last } = this.#history;
    const again = await this.#origin.open(last, () => this.#freshest());
    if (this.#closed || source !== this.#source) {
      await again[Symbol.asyncDispose]();
      return;
    }
    this.#source = again;
    this.#dropped = 0;
    if (again.startedAfter > last) {
      // Whoever comes back to a place before it must look elsewhere.
      this.#history.pass(again.startedAfter);
      this.#missed({ missed: null, reason: 'SLOW_GATEWAY' });
    }
    await source[Symbol.asyncDispose]();
  }

  /** Null as soon as one who listens takes more: those who cannot will read it again. */
  #room(): Promise<unknown> | null {
    const rooms: Promise<void>[] = [];
    for (const listener of this.#listeners) {
      const room = listener.room?.();
      if (!room) return null;
      rooms.push(room);
    }
    if (rooms.length === 0) return null;
    this.#joined = Promise.withResolvers();
    return Promise.race([...rooms, this.#joined.promise]);
  }

  /** Whoever has caught up with others goes on with them: each event is resolved once for all. */
  #merge(): void {
    const other = this.#options.further?.();
    if (!other?.isOpen || other.origin.key !== this.#origin.key) return;
    if (other.ground.generation !== this.#ground.generation) return;
    for (const listener of [...this.#listeners]) listener.goOnWith(other);
  }

  #missed(gap: Gap): void {
    for (const listener of this.#listeners) listener.missed(gap);
  }

  /** A step of the event's trace, linked to those in which clients have asked for it. */
  #deliveryOf({ messageId, stream }: SourceEvent): SpanOptions {
    const traces = [...this.#listeners].slice(0, maxLinks).flatMap(({ trace }) => trace ?? []);
    return {
      kind: 'consumer',
      links: traces,
      attributes: {
        ...(this.#ground.compiled.upstream ? {} : { 'messaging.system': 'nats' }),
        'messaging.operation.type': 'process',
        'messaging.destination.name': stream,
        'messaging.message.id': messageId,
        'graphql.operation.type': 'subscription',
        'graphql.subscription.field': this.#ground.compiled.field.name,
        'graphql.subscription.clients': this.#listeners.size,
      },
    };
  }

  async #handle(event: SourceEvent): Promise<void> {
    const { engine, metrics, log } = this.#options;
    // One ground from the beginning to the end of an event.
    const ground = this.#ground;
    const { compiled, generation, execution } = ground;
    const { field } = compiled;
    const begun = compiled.upstream ? this.#answered(event, ground) : this.#fitting(event, ground);
    if (!begun) {
      this.#history.skip(event.sequence);
      return;
    }
    const { data, errors, position } = begun;
    const caller = this.#freshest();
    const place: StreamPlace = { sequence: event.sequence, position };
    if (!caller || !this.#isWanted(place)) {
      this.#history.pass(event.sequence);
      return;
    }
    const asked = { ...execution, caller, budget: null };
    const result = await engine.run(generation, asked, compiled.rest, data, errors);
    const message: FeedMessage = {
      ...place,
      message: this.#message(result, place),
      key: keyOf(field.key, event.payload),
      cost: costOf(execution, data),
    };
    // Without cursors nobody comes back to it.
    if (this.#options.cursor) this.#history.add(message);
    else this.#history.pass(event.sequence);
    let last: FeedListener | undefined;
    for (const listener of this.#listeners) {
      if (!listener.wants(place)) continue;
      listener.event(message);
      last = listener;
    }
    // They are written to in this order.
    last?.whenSent(() => metrics.delivered(field.name, event.publishedAt));
    log.info(
      { field: field.name, subject: event.subject, listeners: this.#listeners.size },
      'event delivered',
    );
  }

  #isWanted(place: StreamPlace): boolean {
    for (const listener of this.#listeners) if (listener.wants(place)) return true;
    return false;
  }

  /** What a subgraph has answered is what the plan goes on with. */
  #answered({ payload, errors }: SourceEvent, { compiled, generation }: FeedGround): Begun {
    const data = isObject(payload) ? payload : {};
    applyRewrites(compiled.upstream?.rewrites ?? [], data, generation.types);
    return { data, errors, position: null };
  }

  /** An event of the bus as the plan goes on with it; null when the field does not want it, or it does not fit. */
  #fitting(event: SourceEvent, { compiled, matches }: FeedGround): Begun | null {
    const { metrics, deadLetters, log } = this.#options;
    const { field } = compiled;
    const match = matches ? matches(event.payload) : true;
    if (match === false) return null;
    const position = this.#positionOf(event.payload);
    const { data, errors } = compiled.payloadShape({ [field.name]: event.payload }, () => null);
    if (data === null || errors.length > 0 || position === undefined || match === null) {
      metrics.badPayload(field.name);
      const reasons =
        errors.length > 0
          ? errors.map(({ path, message }) => ({ path, message }))
          : match === null
            ? 'what its filter asks for is not there'
            : 'no position';
      log.warn(
        { field: field.name, subject: event.subject, messageId: event.messageId, reasons },
        'an event does not fit its field and is skipped',
      );
      deadLetters?.bury(event, field.name, reasons);
      return null;
    }
    return { data, errors: undefined, position };
  }

  /** Undefined when there should be one. */
  #positionOf(payload: unknown): number | null | undefined {
    const { position } = this.#ground.compiled.field;
    if (!position) return null;
    const value = isObject(payload) ? own(payload, position) : undefined;
    return typeof value === 'number' ? value : undefined;
  }

  /** The current state, as the ordinary query would answer it. Rejects with GraphQLErrors. */
  async #snapshot(): Promise<FeedMessage> {
    const { engine } = this.#options;
    const { compiled, generation, execution } = this.#ground;
    const { snapshot, fetchedName } = compiled;
    const caller = this.#freshest();
    if (!snapshot || !caller) throw new TypeError('there is no snapshot, or nobody to take it for');
    const data: JsonObject = {};
    const { last } = this.#history;
    const asked = { ...execution, caller, budget: null };
    const fetched = await engine.fetch(generation, asked, snapshot.plan, data);
    const state = own(data, fetchedName);
    if (!isObject(state)) {
      throw fetched.errors.length > 0
        ? fetched.errors
        : gatewayError('NOT_FOUND', `There is no such ${compiled.field.name}.`);
    }
    const result = engine.complete(asked, fetched);
    const position = snapshot.positionName ? own(state, snapshot.positionName) : null;
    const place: StreamPlace = { sequence: last, position: typeof position === 'number' ? position : null };
    return { ...place, message: this.#message(result, place), cost: costOf(execution, data) };
  }

  #message(result: Result, place: StreamPlace): Message {
    const { cursor } = this.#options;
    return new Message(result, cursor && { cursor: cursor(place) });
  }

  #freshest(): Caller | undefined {
    let freshest: Caller | undefined;
    for (const { caller } of this.#listeners) {
      if (!freshest || (caller.claims?.exp ?? 0) > (freshest.claims?.exp ?? 0)) freshest = caller;
    }
    // The feed outlives each of them.
    return freshest && { ...freshest, signal: undefined };
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    const { engine, log } = this.#options;
    if (error instanceof SourceEnded) {
      this.end(engine.show(error.errors));
      return;
    }
    log.error({ err: error, origin: this.#origin.name }, 'a source of events has failed');
    const shown = gatewayError(
      'EVENTS_UNAVAILABLE',
      'The source of events is not available. Subscribe again.',
      {
        cause: error,
      },
    );
    this.end([shown]);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ground.generation.release();
    this.#options.onClosed();
    this.#release().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'a source of events could not be closed');
    });
  }

  async #release(): Promise<void> {
    await this.#source?.[Symbol.asyncDispose]();
  }
}

/** An event without one never takes the place of another. */
function keyOf(key: PayloadPath | null, payload: unknown): string | undefined {
  const value = key && valueAtPath(key, payload);
  return value === null || value === undefined ? undefined : String(value);
}

/** Counted when the first client with a budget asks. */
function costOf({ compiled, values }: FeedGround['execution'], fetched: JsonObject): () => number {
  let cost: number | undefined;
  return () => {
    cost ??= compiled.cost(values).actual(values, fetched);
    return cost;
  };
}
