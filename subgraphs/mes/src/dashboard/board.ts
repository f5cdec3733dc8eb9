import { randomUUID } from 'node:crypto';
import type { Bus } from '@alexandrite/bus';
import type { Cache } from '@alexandrite/cache';
import type { Database } from '@alexandrite/database';
import type { DashboardChanged } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { computeDashboard, computeOnReplica, lockDashboard } from './compute-dashboard.ts';
import { type DashboardFacts, dashboardId } from './dashboard.ts';

export interface BoardOptions {
  database: Database;
  cache: Cache;
  bus: Bus;
  log: Log;
  metrics: Metrics;
  /** Least time between two refreshes, over all processes. Default 250 ms. */
  paceMs?: number;
}

const cacheKey = 'mes:dashboard';
const turnKey = 'mes:dashboard:turn';
/** Only a bound on what lies about: the value is replaced when something happens, never because it has grown old. */
const ttlMs = 86_400_000; // a day
const retryMs = 1_000; // 1 second
const longestTimerMs = 2_147_483_647; // what setTimeout can wait, 24 days

/**
 * The operators' overview, computed when something has happened and never more often than the pace allows, however much
 * happens. Reading it costs one look into the cache. The refresh that follows the last event always comes.
 */
export class Board implements AsyncDisposable {
  readonly #options: Required<BoardOptions>;
  readonly #computations;
  #computing: Promise<DashboardFacts> | undefined;
  #dirty = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  #notBefore = 0;
  #due: NodeJS.Timeout | undefined;

  constructor(options: BoardOptions) {
    this.#options = { paceMs: 250, ...options };
    this.#computations = options.metrics.histogram({
      name: 'mes_dashboard_computation_seconds',
      help: 'Computing the dashboard.',
      buckets: [0.005, 0.02, 0.1, 0.5, 2],
    });
  }

  /** The current state; many readers at once of an empty cache compute it once. */
  async read(): Promise<DashboardFacts> {
    try {
      const cached = await this.#options.cache.get(cacheKey);
      if (cached !== null) return JSON.parse(cached) as DashboardFacts;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the cache is away: the dashboard is computed');
    }
    return this.#compute();
  }

  /** Something on it has changed (and is committed): a refresh follows, and `dashboard.changed` is published. */
  touch(): void {
    this.#dirty = true;
    this.#schedule();
  }

  /** Waits for a refresh under way, begins no other. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#due);
    await this.#refreshing;
  }

  #schedule(): void {
    if (this.#closed || this.#timer || this.#refreshing) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#refreshing = this.#refresh().finally(() => {
          this.#refreshing = undefined;
          if (this.#dirty) this.#schedule();
        });
      },
      Math.max(0, this.#notBefore - Date.now()),
    );
  }

  async #refresh(): Promise<void> {
    const { bus, paceMs, log } = this.#options;
    try {
      if (!(await this.#myTurn())) {
        this.#notAgainFor(paceMs);
        return;
      }
      const began = Date.now();
      await this.#computing?.catch(() => undefined); // it may have begun before what touched us; its caller reports it
      this.#dirty = false;
      await this.#compute();
      const message: DashboardChanged = { id: dashboardId };
      await bus.publish(subjects.dashboardChanged, message, { messageId: `dashboard-${randomUUID()}` });
      // a database that is slow today is not asked all the time
      this.#notAgainFor(Math.max(paceMs, 4 * (Date.now() - began)));
    } catch (error) {
      this.#dirty = true;
      this.#notAgainFor(retryMs);
      log.warn({ err: error }, 'the dashboard could not be refreshed, once more in a second');
    }
  }

  /** That a promised day comes near is an event as well, though nobody sends it. */
  #expect(at: number | null): void {
    clearTimeout(this.#due);
    if (at === null || this.#closed) return;
    const delayMs = Math.min(Math.max(0, at - Date.now()) + 1, longestTimerMs);
    this.#due = setTimeout(() => this.touch(), delayMs);
  }

  #notAgainFor(delayMs: number): void {
    this.#notBefore = Math.max(this.#notBefore, Date.now() + delayMs);
  }

  /** Whether no process has refreshed within the pace. Without a cache everybody does. */
  async #myTurn(): Promise<boolean> {
    const { cache, paceMs, log } = this.#options;
    return cache.claim(turnKey, randomUUID(), paceMs).catch((error: unknown) => {
      log.warn({ err: error }, 'the cache is away: nobody takes turns with the dashboard');
      return true;
    });
  }

  #compute(): Promise<DashboardFacts> {
    this.#computing ??= this.#computeAndKeep().finally(() => {
      this.#computing = undefined;
    });
    return this.#computing;
  }

  async #computeAndKeep(): Promise<DashboardFacts> {
    const { database, cache, log } = this.#options;
    const end = this.#computations.startTimer();
    const facts = await database.transaction(async (tx) => {
      await lockDashboard(tx);
      const facts = await (database.hasReplica ? computeOnReplica(database) : computeDashboard(tx));
      // under the lock, so that an older result never lands on a newer one
      await cache.set(cacheKey, JSON.stringify(facts), ttlMs).catch((error: unknown) => {
        log.warn({ err: error }, 'the dashboard could not be kept, once more in a second');
        this.#notAgainFor(retryMs);
        this.touch(); // what lies in the cache, should it come back, is old
      });
      return facts;
    });
    end();
    this.#expect(facts.atRiskChangesAt);
    return facts;
  }
}
