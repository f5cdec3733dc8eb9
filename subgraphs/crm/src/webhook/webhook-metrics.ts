import type { Database } from '@alexandrite/database';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Settled } from './settle-delivery.ts';

const outcomes: readonly Settled[] = ['delivered', 'failed', 'given_up', 'disabled'];

export interface WebhookMetrics {
  /** Begins to measure an attempt; what it returns ends it. */
  begin(): (outcome: Settled) => void;
}

export function webhookMetrics(database: Database, metrics: Metrics): WebhookMetrics {
  const seconds = metrics.histogram({
    name: 'webhook_attempt_seconds',
    help: "Attempts to reach partners' webhooks.",
    labelNames: ['outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  // An alert asks for the increase: the first one must not be the beginning.
  for (const outcome of outcomes) seconds.zero({ outcome });
  const waiting = metrics.gauge({
    name: 'webhook_deliveries_waiting',
    help: 'Events not yet delivered: of enabled webhooks, and kept for disabled ones.',
    labelNames: ['enabled'],
  });
  const overdue = metrics.gauge({
    name: 'webhook_overdue_seconds',
    help: 'How long the attempt that is most overdue has been due: nobody sends.',
  });
  const webhooks = metrics.gauge({ name: 'webhooks', help: 'Webhooks.', labelNames: ['enabled'] });
  metrics.onRead(async () => {
    const rows = await database.em().execute<{ enabled: boolean; webhooks: number; waiting: number }[]>(`
      select w.disabled_at is null as enabled, count(distinct w.id)::int as webhooks, count(d.id)::int as waiting
        from webhooks w left join webhook_deliveries d on d.webhook_id = w.id and d.state = 'WAITING' group by 1`);
    for (const enabled of [true, false]) {
      const row = rows.find((each) => each.enabled === enabled);
      webhooks.set({ enabled: String(enabled) }, row?.webhooks ?? 0);
      waiting.set({ enabled: String(enabled) }, row?.waiting ?? 0);
    }
    const [late] = await database.em().execute<{ seconds: number }[]>(`
      select coalesce(extract(epoch from now() - min(greatest(d.next_attempt_at, d.taken_until))), 0)::float as seconds
        from webhook_deliveries d join webhooks w on w.id = d.webhook_id
       where w.disabled_at is null and d.state = 'WAITING' and d.next_attempt_at < now()
         and (d.taken_until is null or d.taken_until < now())
         and not exists (select 1 from webhook_deliveries e
                          where e.webhook_id = d.webhook_id and e.state = 'WAITING'
                            and e.order_id = d.order_id and e.version < d.version)`);
    overdue.set(late?.seconds ?? 0);
  });
  return {
    begin() {
      const end = seconds.startTimer();
      return (outcome) => void end({ outcome });
    },
  };
}
