import { randomUUID } from 'node:crypto';
import type { SystemQuestions } from '@alexandrite/baton/ask-systems';
import type { Bus } from '@alexandrite/bus';
import type { Database } from '@alexandrite/database';
import type { DashboardChanged } from '@alexandrite/schema/events';
import { hopOf, mostViews, type OrderView, type WatchAction } from '@alexandrite/schema/questions';
import { subjects } from '@alexandrite/schema/subjects';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { diagnose } from './diagnose.ts';
import { clearMoved, findOverdue, type Overdue } from './find-overdue.ts';
import { keepDelay } from './keep-delay.ts';
import { holdLease } from './lease.ts';
import { mayRetry, retry, retryDelayMs } from './retry.ts';
import { measureWatchdog, type WatchdogMetrics } from './watchdog-metrics.ts';

export interface WatchdogOptions {
  database: Database;
  bus: Bus;
  questions: SystemQuestions;
  log: Log;
  metrics: Metrics;
}

/** Systems that are slow to do things again must not keep it from looking; what is still due comes next time. */
const retryMs = 4_000; // 4 seconds

/**
 * Looks for orders that stand still longer than their status allows, says what each waits for, and does again what is safe
 * to do again. One of any number of processes does so at a time.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #metrics: WatchdogMetrics;
  readonly #name = randomUUID();

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#metrics = measureWatchdog(options);
  }

  /** One round. To be called every few seconds. */
  async look(): Promise<void> {
    const { database } = this.#options;
    if (!(await holdLease(database, 'watchdog', this.#name, 15))) return;
    const cleared = await clearMoved(database);
    this.#metrics.cleared.inc(cleared);
    const suspects = await findOverdue(database);
    const changed = suspects.length > 0 && (await this.#examine(suspects));
    this.#metrics.looked.setToCurrentTime();
    if (cleared > 0 || changed) await this.#tell();
  }

  /** Looks at these orders now; whether anything about them is new. */
  async #examine(suspects: readonly Overdue[]): Promise<boolean> {
    const views = await this.#views(suspects);
    let changed = false;
    const retryUntil = Date.now() + retryMs;
    for (const order of suspects) {
      const own = views.get('SHOP')?.get(order.id) ?? null;
      const holders = views.get(order.holder);
      const holder = holders?.get(order.id) ?? null;
      const diagnosis = diagnose({ ...order, unsent: own?.unsent ?? null }, holder, holders === undefined);
      const due = order.retryAt === null || order.retryAt.getTime() <= Date.now();
      // what is seen for the first time may be on its way this moment
      const seenBefore = order.reason === diagnosis.reason;
      let action: WatchAction | null = null;
      if (seenBefore && due && Date.now() < retryUntil && mayRetry(diagnosis, order.retries ?? 0)) {
        const known = Math.min(order.version, holder?.version ?? 0);
        action = await retry(this.#options.questions, order.id, diagnosis, known);
      }
      if (await this.#record(order, diagnosis, action)) changed = true;
    }
    return changed;
  }

  /** By system; a system that is silent is not in it. */
  async #views(suspects: readonly Overdue[]): Promise<Map<string, Map<string, OrderView>>> {
    const views = new Map<string, Map<string, OrderView>>();
    const ask = async (system: 'SHOP' | 'CRM' | 'MES', orders: readonly Overdue[]) => {
      if (orders.length === 0) return;
      const known = new Map<string, OrderView>();
      for (let i = 0; i < orders.length; i += mostViews) {
        const orderIds = orders.slice(i, i + mostViews).map(({ id }) => id);
        const answer = await this.#options.questions.ask(system, { kind: 'VIEWS', orderIds });
        if (!answer) return;
        for (const view of answer.views ?? []) known.set(view.id, view);
      }
      views.set(system, known);
    };
    const heldBy = (system: string) => suspects.filter(({ holder }) => holder === system);
    await Promise.all([ask('SHOP', suspects), ask('CRM', heldBy('CRM')), ask('MES', heldBy('MES'))]);
    return views;
  }

  async #record(
    order: Overdue,
    diagnosis: ReturnType<typeof diagnose>,
    action: WatchAction | null,
  ): Promise<boolean> {
    const { database, log } = this.#options;
    const { reason, system, who, since } = diagnosis;
    const isNew = order.retries === null;
    const retries = (order.retries ?? 0) + (action ? 1 : 0);
    await database.em().execute(
      `insert into stuck_orders as s
         (order_id, status, channel, version, since, limit_seconds, reason, hop, system, who, waiting_since)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (order_id) do update set
         status = excluded.status, version = excluded.version, since = excluded.since,
         limit_seconds = excluded.limit_seconds, reason = excluded.reason, hop = excluded.hop,
         system = excluded.system, who = excluded.who, waiting_since = excluded.waiting_since, looked_at = now(),
         found_at = case when s.version = excluded.version then s.found_at else now() end,
         retries = ?, retry_at = coalesce(?::timestamptz, s.retry_at),
         last_action = coalesce(?, s.last_action),
         last_action_at = case when ?::text is null then s.last_action_at else now() end`,
      [
        ...[order.id, order.status, order.channel, order.version, order.movedAt, order.limitSeconds],
        ...[reason, hopOf[reason], system, who, since],
        ...[retries, action ? new Date(Date.now() + retryDelayMs(retries)) : null, action, action],
      ],
    );
    await keepDelay(database, order, reason, system);
    const about = { orderId: order.id, status: order.status, reason, system, who };
    if (isNew) {
      const overSeconds = (Date.now() - order.movedAt.getTime()) / 1_000 - order.limitSeconds;
      this.#metrics.found.inc({ reason, system });
      this.#metrics.delay.observe(Math.max(0, overSeconds));
      log.warn(about, 'an order stands still for longer than it may');
    }
    if (action) {
      this.#metrics.retried.inc({ action });
      log.info({ ...about, action, retries }, 'something was done again for an order that stands still');
    }
    return isNew || action !== null || reason !== order.reason;
  }

  /** The operators' page shows them. */
  async #tell(): Promise<void> {
    const { bus, log } = this.#options;
    const message: DashboardChanged = { id: 'main' };
    try {
      await bus.publish(subjects.dashboardChanged, message, { messageId: `watchdog-${randomUUID()}` });
    } catch (error) {
      // it may be the bus that everything waits for; pages ask again when it is back
      log.warn({ err: error }, 'nobody could be told what stands still');
    }
  }
}
