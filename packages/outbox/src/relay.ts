import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@alexandrite/telemetry/log';
import pg from 'pg';
import { inboxKeepDays } from './inbox.ts';
import { type BatchResult, batchSize, type PublishOptions, publishBatch } from './publish-batch.ts';
import { retryDelay } from './retry-delay.ts';
import { Wake } from './wake.ts';

/** Any number that is ours alone: whoever holds this lock of the database publishes. */
const relayLock = 7_201_002;
const channel = 'outbox';
const lookEveryMs = 1_000; // the net under notifications
const cleanEveryMs = 3_600_000; // 1 hour
const lastPassMs = 2_000; // how long closing goes on publishing

export interface RelayOptions extends PublishOptions {
  url: string;
  log: Log;
  onBatch: (result: BatchResult) => void;
}

/**
 * Publishes what stands in the outbox table. Any number of processes may run one: a session lock of PostgreSQL lets one
 * publish, and when that one's connection ends, however it ends, another takes over. What was published but not yet
 * deleted then goes out again under the same message id.
 */
export class Relay implements AsyncDisposable {
  readonly #options: RelayOptions;
  readonly #wake = new Wake();
  readonly #stop = new AbortController();
  #session: pg.Client | undefined;
  #leads = false;
  #notifying = false;
  #running: Promise<void> | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something was committed: publish it now, or tell the process that publishes. */
  wake(): void {
    if (this.#leads || !this.#session) {
      this.#wake.ring();
    } else if (!this.#notifying) {
      // One notification for all commits while it is on its way; a lost one costs `lookEveryMs`.
      this.#notifying = true;
      this.#session
        .query(`notify ${channel}`)
        .catch(() => this.#wake.ring()) // the session is broken, as #run is about to find out
        .finally(() => {
          this.#notifying = false;
        });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wake.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      try {
        await this.#lead(() => {
          failures = 0;
        });
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        const delayMs = Math.min(5_000, retryDelay(++failures));
        this.#options.log.error({ err: error, delayMs }, 'the outbox lost its database session');
        await sleep(delayMs, undefined, { signal: this.#stop.signal }).catch(() => {}); // woken by closing
      } finally {
        this.#leads = false;
        await this.#session?.end().catch(() => {}); // broken already, or about to be dropped anyway
        this.#session = undefined;
      }
    }
  }

  async #lead(connected: () => void): Promise<void> {
    const session = new pg.Client({
      connectionString: this.#options.url,
      connectionTimeoutMillis: 10_000,
      query_timeout: 30_000,
      keepAlive: true,
      application_name: 'outbox relay',
    });
    this.#session = session;
    let broken: Error | undefined;
    session.on('error', (error) => {
      broken = error;
      this.#wake.ring();
    });
    session.on('notification', () => this.#wake.ring());
    await session.connect();
    await session.query(`listen ${channel}`);
    connected();

    while (!this.#stop.signal.aborted && !this.#leads) {
      if (broken) throw broken;
      const { rows } = await session.query('select pg_try_advisory_lock($1) as got', [relayLock]);
      this.#leads = rows[0].got;
      if (!this.#leads) await this.#wake.wait(lookEveryMs);
    }
    if (!this.#leads) return;
    // What an earlier leader had given up gets another chance: a restart may have brought the cure.
    await session.query(
      'update outbox set parked_at = null, retry_at = null, attempts = 0 where parked_at is not null',
    );

    let cleanedAt = 0;
    let unreachable = 0;
    let stopBy = Number.POSITIVE_INFINITY;
    for (;;) {
      if (broken) throw broken;
      const batch = await publishBatch(session, this.#options);
      this.#options.onBatch(batch);
      if (this.#stop.signal.aborted) {
        // Closing publishes what is there; what the bus does not take now, the next start will.
        stopBy = Math.min(stopBy, Date.now() + lastPassMs);
        if (batch.published === 0 || Date.now() > stopBy) return;
      } else if (batch.unreachable) {
        await this.#wake.waitFully(Math.min(5_000, retryDelay(++unreachable)), this.#stop.signal);
      } else {
        unreachable = 0;
        if (batch.read < batchSize) await this.#wake.wait(lookEveryMs);
        if (Date.now() - cleanedAt > cleanEveryMs) {
          cleanedAt = Date.now();
          await session.query(
            `delete from inbox where handled_at < now() - interval '${inboxKeepDays} days'`,
          );
        }
      }
    }
  }
}
