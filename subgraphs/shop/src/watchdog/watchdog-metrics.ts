import type { Database } from '@alexandrite/database';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';

export type WatchdogMetrics = ReturnType<typeof measureWatchdog>;

/** What stands still as figures, read when the metrics are; none while the database does not answer. */
export function measureWatchdog({
  database,
  metrics,
  log,
}: {
  database: Database;
  metrics: Metrics;
  log: Log;
}) {
  const stuck = metrics.gauge({
    name: 'watchdog_stuck_orders',
    help: 'Orders that stand in their status for longer than they may, by what they wait for.',
    labelNames: ['hop', 'reason', 'system'],
    collect: async () => {
      try {
        const rows = await database
          .em()
          .execute<{ hop: string; reason: string; system: string; count: number; over: number }[]>(
            `select hop, reason, system, count(*)::int as count,
                  max(extract(epoch from now() - since) - limit_seconds)::float as over
             from stuck_orders group by 1, 2, 3`,
          );
        stuck.reset();
        overdue.reset();
        const longest = new Map<string, number>();
        for (const { hop, reason, system, count, over } of rows) {
          stuck.set({ hop, reason, system }, count);
          longest.set(hop, Math.max(over, longest.get(hop) ?? 0));
        }
        for (const [hop, seconds] of longest) overdue.set({ hop }, seconds);
      } catch (error) {
        log.warn({ err: error }, 'what stands still could not be counted');
        stuck.reset();
        overdue.reset();
      }
    },
  });
  const overdue = metrics.gauge({
    name: 'watchdog_overdue_seconds',
    help: 'How far the order that is longest over its limit is over it, by the hop it waits for.',
    labelNames: ['hop'],
  });
  return {
    found: metrics.counter({
      name: 'watchdog_found_total',
      help: 'Orders found to stand still.',
      labelNames: ['reason', 'system'],
    }),
    cleared: metrics.counter({
      name: 'watchdog_cleared_total',
      help: 'Orders that stood still and have gone on.',
    }),
    retried: metrics.counter({
      name: 'watchdog_retries_total',
      help: 'What was done again for orders that stood still.',
      labelNames: ['action'],
    }),
    delay: metrics.histogram({
      name: 'watchdog_delay_seconds',
      help: 'From the end of the time that an order may stand to its being found.',
      buckets: [1, 2.5, 5, 10, 30, 120],
    }),
    looked: metrics.gauge({
      name: 'watchdog_last_look_timestamp_seconds',
      help: 'When this process last looked for orders that stand still; 0 while another one does.',
    }),
  };
}
