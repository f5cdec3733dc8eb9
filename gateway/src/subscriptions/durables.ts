import { randomUUID } from 'node:crypto';
import type { Claims } from '@alexandrite/auth/token';
import { type Bus, BusError, type BusMessage, type BusSubscription } from '@alexandrite/bus';
import { subjectToken } from '@alexandrite/bus/subject-token';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { FindAccount } from '../budgets/audiences.ts';
import { gatewayError } from '../errors.ts';
import { type Cursors, digest, type StreamPlace } from './cursor.ts';

export interface DurablesOptions {
  bus: Bus;
  find: FindAccount;
  cursors: Cursors;
  /** What is known of each stands at `<subject>.<caller>.<name>`, in a stream that keeps the newest of each subject. */
  subject: string;
  maxUnacknowledged: number;
  metrics: Metrics;
  log: Log;
}

/** What the bus keeps of a durable subscriber: where he is, and in what. */
interface Kept extends StreamPlace {
  /** The subscription whose cursors it is acknowledged by. */
  subscription: string;
  /** The source whose sequence it is. */
  source: string;
}

/** Hears what becomes of a durable subscriber, whoever makes it so. */
export interface DurableListener {
  acknowledged(sequence: number): void;
  /** Somebody has opened it anew, here or at another gateway. */
  moved(): void;
  failed(error: unknown): void;
}

export interface OpenDurable {
  /** Behind what the client has acknowledged; undefined when it begins. */
  readonly place: StreamPlace | undefined;
  readonly maxUnacknowledged: number;
  /** From where the client is given everything. */
  begin(place: StreamPlace): Promise<void>;
  listen(listener: DurableListener): void;
  close(): void;
}

/** Said again as often, so that what is in use does not become too old for its stream. */
const sayAgainMs = 3_600_000;
const namePattern = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Subscribers by name, of whom every gateway knows what they have acknowledged. A name belongs to its caller and to one
 * source of events; it has one subscription at a time, the newest.
 */
export class Durables implements Disposable {
  readonly #options: DurablesOptions;
  readonly #open = new Map<string, Durable>();
  /** The last acknowledgement that is being stored, by durable subscriber. */
  readonly #storing = new Map<string, Promise<void>>();
  readonly #acknowledged;
  readonly #sayingAgain: NodeJS.Timeout;

  constructor(options: DurablesOptions) {
    this.#options = options;
    const open = this.#open;
    options.metrics.gauge({
      name: 'gateway_durable_subscribers',
      help: 'Durable subscribers that are connected.',
      collect() {
        this.set(open.size);
      },
    });
    this.#acknowledged = options.metrics.counter({
      name: 'gateway_durable_acknowledgements_total',
      help: 'Acknowledgements of durable subscribers that were stored.',
    });
    this.#sayingAgain = setInterval(() => {
      for (const durable of this.#open.values()) durable.sayAgain();
    }, sayAgainMs);
    this.#sayingAgain.unref();
  }

  /**
   * Opens a durable subscriber for one subscription, in the place of whoever had it open. Rejects with a GraphQLError:
   * `NOT_SUPPORTED` where the caller may have none, `TOO_MANY`, `DURABLE_CONFLICT` when the name is that of something else.
   */
  open(claims: Claims | null, name: unknown, subscription: string, source: string): Promise<OpenDurable> {
    return atBus(() => this.#openOne(claims, name, subscription, source));
  }

  async #openOne(
    claims: Claims | null,
    name: unknown,
    subscription: string,
    source: string,
  ): Promise<OpenDurable> {
    const { bus, subject, maxUnacknowledged, log } = this.#options;
    const { caller, limit } = this.#whose(claims);
    const base = this.#baseOf(caller, name);
    const known = await keptAt(bus, base);
    const keys = { subscription: digest(subscription), source: digest(source) };
    if (known && known.source !== keys.source) {
      throw gatewayError('DURABLE_CONFLICT', `${String(name)} is the name of another subscription of yours.`);
    }
    if (!known) {
      const others = await bus.newest(`${subject}.${caller}.*.place`, limit);
      const taken = new Set(others.map((place) => place.subject.slice(0, -'.place'.length)));
      // Those that have only begun here are not on the bus yet: who asks for many at once has no more of them.
      for (const begun of this.#open.keys()) {
        if (begun.startsWith(`${subject}.${caller}.`)) taken.add(begun);
      }
      taken.delete(base);
      if (taken.size >= limit) {
        throw gatewayError('TOO_MANY', `Expected at most ${limit} durable subscribers of a client.`);
      }
    }
    const durable = new Durable({
      bus,
      base,
      keys,
      maxUnacknowledged,
      log,
      onClosed: () => {
        if (this.#open.get(base) === durable) this.#open.delete(base);
      },
    });
    this.#open.set(base, durable);
    await durable.open();
    return durable;
  }

  /**
   * The client has handled everything up to the message with this cursor. Resolves when that is stored; rejects with a
   * GraphQLError.
   */
  acknowledge(claims: Claims | null, name: unknown, cursor: unknown): Promise<void> {
    return atBus(() => this.#acknowledge(claims, name, cursor));
  }

  async #acknowledge(claims: Claims | null, name: unknown, cursor: unknown): Promise<void> {
    const { bus, cursors } = this.#options;
    const base = this.#baseOf(this.#whose(claims).caller, name);
    const { of, sequence, position } = cursors.open(cursor);
    const known = this.#open.get(base)?.kept ?? (await keptAt(bus, base));
    if (!known) throw gatewayError('NOT_FOUND', `There is no durable subscriber ${String(name)}.`);
    if (known.subscription !== of) {
      throw gatewayError('CURSOR_INVALID', `The cursor is none of the durable subscriber ${String(name)}.`);
    }
    if (sequence <= known.sequence) return;
    await this.#store(base, { ...known, sequence, position });
  }

  /** One after another: the newest must not be overtaken by one that the bus took a second time to take. */
  async #store(base: string, kept: Kept): Promise<void> {
    const before = this.#storing.get(base);
    const storing = (before ?? Promise.resolve())
      // That is for whoever asked for it.
      .catch(() => undefined)
      .then(async () => {
        const open = this.#open.get(base);
        if (open?.kept && open.kept.sequence >= kept.sequence) return;
        await keep(this.#options.bus, base, kept);
        if (open) open.kept = kept;
        this.#acknowledged.inc();
      })
      .finally(() => {
        if (this.#storing.get(base) === storing) this.#storing.delete(base);
      });
    this.#storing.set(base, storing);
    await storing;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sayingAgain);
  }

  #whose(claims: Claims | null): { caller: string; limit: number } {
    const account = this.#options.find(claims);
    const limit = account?.quotas?.durables ?? 0;
    if (!account || limit === 0) {
      throw gatewayError('NOT_SUPPORTED', 'Durable subscribers are not for this caller.');
    }
    return { caller: subjectToken(account.key), limit };
  }

  #baseOf(caller: string, name: unknown): string {
    if (typeof name !== 'string' || !namePattern.test(name)) {
      throw gatewayError(
        'BAD_USER_INPUT',
        'Expected the name of a durable subscriber: up to 64 letters, digits, _ and -.',
      );
    }
    return `${this.#options.subject}.${caller}.${name}`;
  }
}

interface DurableOptions {
  bus: Bus;
  base: string;
  keys: Pick<Kept, 'subscription' | 'source'>;
  maxUnacknowledged: number;
  log: Log;
  onClosed: () => void;
}

class Durable implements OpenDurable {
  readonly maxUnacknowledged: number;
  place: StreamPlace | undefined;
  /** What the bus has of it now. */
  kept: Kept | undefined;
  readonly #options: DurableOptions;
  readonly #holder = randomUUID();
  #listener: DurableListener | undefined;
  #reading: BusSubscription | undefined;
  /** Whether others have been told that it is here now. */
  #isHeld = false;
  #closed = false;

  constructor(options: DurableOptions) {
    this.#options = options;
    this.maxUnacknowledged = options.maxUnacknowledged;
  }

  async open(): Promise<void> {
    const { bus, base, keys, log } = this.#options;
    const reading = await bus.subscribe([`${base}.place`, `${base}.holder`]);
    this.#reading = reading;
    this.#read(reading).catch((error: unknown) => {
      log.error({ err: error, durable: base }, 'what becomes of a durable subscriber is not heard of');
      this.#listener?.failed(error);
    });
    try {
      // Nobody has what has not begun; what is refused instead leaves nothing on the bus, where all share the room.
      if (!(await keptAt(bus, base))) return;
      // From here on nobody else has it, and what he has acknowledged is known.
      await this.#hold();
      const known = await keptAt(bus, base);
      if (!known) return;
      this.place = { sequence: known.sequence, position: known.position };
      this.kept = { ...known, ...keys };
      await keep(bus, base, this.kept);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  listen(listener: DurableListener): void {
    this.#listener = listener;
  }

  async begin(place: StreamPlace): Promise<void> {
    const { bus, base, keys } = this.#options;
    if (!this.#isHeld) await this.#hold();
    this.kept = { ...keys, ...place };
    await keep(bus, base, this.kept);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onClosed();
    this.#reading?.[Symbol.asyncDispose]().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'what is known of a durable subscriber could not be left');
    });
  }

  sayAgain(): void {
    const { bus, base, log } = this.#options;
    if (!this.kept || !this.#isHeld) return;
    Promise.all([keep(bus, base, this.kept), this.#hold()]).catch((error: unknown) => {
      log.warn({ err: error, durable: base }, 'a durable subscriber could not be said again');
    });
  }

  #hold(): Promise<void> {
    const { bus, base } = this.#options;
    this.#isHeld = true;
    return bus.publish(`${base}.holder`, { holder: this.#holder }, { messageId: randomUUID() });
  }

  async #read(reading: BusSubscription): Promise<void> {
    let mine = false;
    for await (const message of reading) {
      if (message.subject.endsWith('.holder')) {
        const isMine = (message.payload as { holder?: unknown }).holder === this.#holder;
        // Until then those are heard of in whose place this one comes.
        if (mine && !isMine) this.#listener?.moved();
        mine ||= isMine;
        continue;
      }
      const kept = readKept(message);
      if (!kept) continue;
      this.kept = kept;
      this.#listener?.acknowledged(kept.sequence);
    }
  }
}

async function keptAt(bus: Bus, base: string): Promise<Kept | undefined> {
  const [newest] = await bus.newest(`${base}.place`, 1);
  return (newest && readKept(newest)) ?? undefined;
}

/** What the bus cannot do now is no fault of ours. */
async function atBus<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    throw gatewayError(
      'EVENTS_UNAVAILABLE',
      'What durable subscribers have acknowledged cannot be had now.',
      {
        cause: error,
      },
    );
  }
}

function keep(bus: Bus, base: string, kept: Kept): Promise<void> {
  return bus.publish(`${base}.place`, kept, { messageId: randomUUID() });
}

/** Null for what no gateway has written. */
function readKept({ payload }: BusMessage): Kept | null {
  const kept = payload as Kept | null;
  return typeof kept?.sequence === 'number' && typeof kept.source === 'string' ? kept : null;
}
