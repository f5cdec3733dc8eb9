import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { inBackground } from './in-background.ts';
import { type Lsn, readLsn } from './lsn.ts';

export interface ReplicaOptions {
  primary: MikroORM;
  replica: MikroORM;
  log: Log;
  metrics: Metrics;
}

/** What a read must not be older than. */
export interface Freshness {
  /** All that was committed when the primary stood there. Default: whatever the replica has. */
  atLeast?: Lsn | undefined;
  /** How long the replica may take to get there before the primary is asked instead. Default 0. */
  waitMs?: number;
}

/** Reads, and nothing else: it may run twice. */
export type Read<T> = (em: EntityManager) => Promise<T>;

const lookEveryMs = 500;
/** A replica further behind is not asked at all: lists would miss what everybody knows. */
const longestLagMs = 5_000;
const tellEveryMs = 60_000; // 1 minute

/** A streaming replica of the database, for reads that may be a moment old. Whoever asks gets the primary when it is no good. */
export class Replica implements AsyncDisposable {
  readonly #options: ReplicaOptions;
  readonly #reads;
  /** Where the primary stood and when, until the replica has got there: how late it is, on one clock. */
  #ahead: { at: number; lsn: Lsn }[] = [];
  #replayed: Lsn = 0n;
  #lagMs = Number.POSITIVE_INFINITY;
  #up = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    const { metrics } = options;
    metrics.gauge({
      name: 'database_replica_up',
      help: '1 while the replica answers and is one.',
      collect: this.#gauge(() => (this.#up ? 1 : 0)),
    });
    metrics.gauge({
      name: 'database_replica_lag_seconds',
      help: 'For how long the replica has lacked what the primary has.',
      collect: this.#gauge(() => this.lagMs / 1_000),
    });
    this.#reads = metrics.counter({
      name: 'database_replica_reads_total',
      help: 'Reads that the replica could serve, by who did: it, or the primary since it was behind or away.',
      labelNames: ['server'],
    });
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref();
  }

  /** How late it was when last looked at, half a second ago at most; infinite while it is away. */
  get lagMs(): number {
    const [oldest] = this.#ahead;
    return this.#up && oldest ? Math.max(this.#lagMs, performance.now() - oldest.at) : this.#lagMs;
  }

  /** The first look; a replica that is away is no reason not to start. */
  start(): Promise<void> {
    return this.#look();
  }

  /** Reads on the replica, or on the primary when it is not fresh enough, or fails. */
  async read<T>(work: Read<T>, { atLeast = 0n, waitMs = 0 }: Freshness = {}): Promise<T> {
    const { primary, replica } = this.#options;
    if (this.#up && this.lagMs <= longestLagMs && (await this.#reaches(atLeast, waitMs))) {
      try {
        const result = await work(replica.em.fork());
        this.#reads.inc({ server: 'replica' });
        return result;
      } catch (error) {
        // It is gone, or what it has to replay has taken away a row under the statement. A wrong statement fails again.
        this.#options.log.debug({ err: error }, 'the replica failed a read');
        void this.#look();
      }
    }
    this.#reads.inc({ server: 'primary' });
    return work(primary.em.fork());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.#options.replica.close(true);
  }

  async #reaches(lsn: Lsn, waitMs: number): Promise<boolean> {
    if (lsn <= this.#replayed) return true;
    const deadline = performance.now() + waitMs;
    for (let pauseMs = 2; ; pauseMs = Math.min(50, pauseMs * 2)) {
      try {
        this.#replayed = await replayedBy(this.#options.replica);
      } catch (error) {
        this.#lost(error);
        return false;
      }
      if (lsn <= this.#replayed) return true;
      if (performance.now() + pauseMs > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  #look(): Promise<void> {
    this.#looking ??= inBackground(() => this.#lookNow()).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const { primary, replica, log } = this.#options;
    const at = performance.now();
    try {
      const lsn = await positionOf(primary);
      if (lsn !== this.#ahead.at(-1)?.lsn) this.#ahead.push({ at, lsn });
      this.#replayed = await replayedBy(replica);
    } catch (error) {
      this.#lost(error);
      return;
    }
    this.#ahead = this.#ahead.filter(({ lsn }) => lsn > this.#replayed).slice(-10_000);
    const [oldest] = this.#ahead;
    this.#lagMs = oldest ? performance.now() - oldest.at : 0;
    if (!this.#up) log.info({ lagMs: Math.round(this.#lagMs) }, 'the replica is there');
    this.#up = true;
  }

  #lost(error: unknown): void {
    this.#up = false;
    this.#lagMs = Number.POSITIVE_INFINITY;
    if (performance.now() - this.#toldAt < tellEveryMs) return;
    this.#toldAt = performance.now();
    this.#options.log.warn({ err: error }, 'the replica is away: the primary serves its reads');
  }

  #gauge(read: () => number) {
    return function collect(this: { set(value: number): void }): void {
      this.set(read());
    };
  }
}

/** Where the primary stands now: whoever reads at least there sees what was committed before. */
export async function positionOf(primary: MikroORM): Promise<Lsn> {
  const [row] = await primary.em
    .fork()
    .execute<{ lsn: string }[]>('select pg_current_wal_lsn()::text as lsn');
  return readLsn(row?.lsn ?? '');
}

async function replayedBy(replica: MikroORM): Promise<Lsn> {
  const [row] = await replica.em
    .fork()
    .execute<{ lsn: string | null }[]>('select pg_last_wal_replay_lsn()::text as lsn');
  if (!row?.lsn)
    throw new Error('REPLICA_DATABASE_URL: expected a replica, got a server that replays nothing');
  return readLsn(row.lsn);
}
