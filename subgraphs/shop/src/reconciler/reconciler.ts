import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SystemQuestions } from '@alexandrite/baton/ask-systems';
import type { Database } from '@alexandrite/database';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { endLease, holdLease } from '../watchdog/lease.ts';
import { compareViews, type Divergence } from './compare.ts';
import { readPages, readViews, SystemSilent, systems } from './read-pages.ts';
import { finishRun, keepDivergences, nextRun, type Run, requestRun } from './runs.ts';

export interface ReconcilerOptions {
  database: Database;
  questions: SystemQuestions;
  log: Log;
  metrics: Metrics;
  /** Between two runs that nobody has asked for. */
  everyMs: number;
}

/** By then what was on its way has arrived, unless something is wrong. */
const settleMs = 3_000;
const leaseSeconds = 120;
/** More are not repaired in one run: they have one cause, which is not cured by saying everything again. */
const mostDivergences = 1_000;
/** Orders that are looked at without being asked for: made within so long. */
export const recentMs = 45 * 86_400_000;

/**
 * Compares what shop, CRM and MES know of each order, and has said again what one of them has missed. What cannot be
 * repaired by that is a finding that stays.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #name = randomUUID();
  readonly #stop = new AbortController();
  readonly #found;
  readonly #repaired;
  readonly #runs;
  readonly #finished;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    const { metrics } = options;
    this.#runs = metrics.counter({
      name: 'reconciler_runs_total',
      help: 'Comparisons of what the systems know of each order.',
      labelNames: ['outcome'],
    });
    this.#found = metrics.counter({
      name: 'reconciler_divergences_total',
      help: 'Orders that one system knew wrongly, or not.',
      labelNames: ['code', 'system'],
    });
    this.#repaired = metrics.counter({
      name: 'reconciler_repaired_total',
      help: 'Divergences that were repaired.',
      labelNames: ['code', 'system'],
    });
    this.#finished = metrics.gauge({
      name: 'reconciler_last_run_timestamp_seconds',
      help: 'When this process last ended a comparison of all that had to be compared; 0 while another one does it.',
    });
  }

  /** What is due: a run that somebody has asked for, or that of the schedule. To be called every few seconds. */
  async work(): Promise<void> {
    const { database, everyMs, log } = this.#options;
    if (!(await this.#leads())) return;
    await requestRun(database, {
      by: 'schedule',
      since: new Date(Date.now() - recentMs),
      unlessWithinMs: everyMs,
    });
    const run = await nextRun(database);
    if (!run) return;
    try {
      const outcome = await this.#reconcile(run).catch((error: unknown) => {
        if (!(error instanceof SystemSilent)) throw error;
        log.warn({ system: error.system }, 'the systems cannot be compared, one of them does not answer');
        return 'SYSTEM_SILENT' as const;
      });
      await finishRun(database, run, outcome);
      this.#runs.inc({ outcome });
      if (outcome === 'DONE') this.#finished.setToCurrentTime();
      const { orders, found, repaired } = run;
      log.info({ run: run.id, outcome, orders, found, repaired }, 'the systems were compared');
    } catch (error) {
      await finishRun(database, run, 'FAILED');
      this.#runs.inc({ outcome: 'FAILED' });
      throw error;
    }
  }

  /** Ends a run under way early; it is done again by whoever comes next. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await endLease(this.#options.database, 'reconciler', this.#name);
  }

  async #leads(): Promise<boolean> {
    return holdLease(this.#options.database, 'reconciler', this.#name, leaseSeconds);
  }

  async #reconcile(run: Run): Promise<'DONE' | 'TOO_MANY' | 'INTERRUPTED'> {
    const { questions } = this.#options;
    const suspects = new Map<string, Divergence>();
    const from = run.since && uuidV7(new Date(run.since));
    for await (const page of readPages(questions, from)) {
      if (this.#stop.signal.aborted || !(await this.#leads())) return 'INTERRUPTED';
      run.orders += new Set([...page.values()].flat().map(({ id }) => id)).size;
      for (const one of compareViews(page)) suspects.set(keyOf(one), one);
      if (suspects.size > mostDivergences) break;
    }
    if (suspects.size === 0) return 'DONE';
    // what was only on its way is not there any more the second time
    const divergences = (await this.#lookAgain([...suspects.values()])).filter((now) => {
      const before = suspects.get(keyOf(now));
      return before?.code === now.code && before.version === now.version;
    });
    await this.#report(run, divergences);
    await this.#repair(run, divergences);
    return suspects.size > mostDivergences ? 'TOO_MANY' : 'DONE';
  }

  async #report(run: Run, divergences: readonly Divergence[]): Promise<void> {
    run.found = divergences.length;
    await keepDivergences(this.#options.database, run, divergences);
    for (const { code, system } of divergences) this.#found.inc({ code, system });
    for (const divergence of divergences.slice(0, 20)) {
      this.#options.log.error({ ...divergence, run: run.id }, 'a system knows an order wrongly');
    }
  }

  /** What a system has missed is said again by those who wrote it; a contradiction is for people. */
  async #repair(run: Run, divergences: readonly Divergence[]): Promise<void> {
    const { questions, database } = this.#options;
    const missed = divergences.filter(({ code }) => code !== 'CONTRADICTS');
    if (missed.length === 0) return;
    for (const { orderId, version } of missed) {
      const asked = { kind: 'REPUBLISH', orderId, afterVersion: version ?? 0 } as const;
      await Promise.all(
        systems.map(async (system) => {
          if (!(await questions.ask(system, asked))) throw new SystemSilent(system);
        }),
      );
    }
    const left = new Map((await this.#lookAgain(missed)).map((one) => [keyOf(one), one]));
    const cured = missed.filter((one) => {
      const now = left.get(keyOf(one));
      return !now || (now.version ?? 0) >= one.knownVersion;
    });
    run.repaired = cured.length;
    for (const { code, system } of cured) this.#repaired.inc({ code, system });
    await keepDivergences(database, run, cured, new Date());
  }

  async #lookAgain(divergences: readonly Divergence[]): Promise<Divergence[]> {
    await sleep(settleMs, undefined, { signal: this.#stop.signal }).catch(() => {}); // only ever the abort
    const ids = [...new Set(divergences.map(({ orderId }) => orderId))];
    return compareViews(await readViews(this.#options.questions, ids));
  }
}

function keyOf({ orderId, system }: Divergence): string {
  return `${orderId} ${system}`;
}
