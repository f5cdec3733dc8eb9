import type { Database } from '@alexandrite/database';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';

const reads = {
  crm_approvals_waiting: {
    help: 'Prices that wait: not accepted for their customer, accepted for a seller.',
    value: 'count(*)::float',
  },
  crm_approvals_oldest_seconds: {
    help: 'How long the oldest of those prices has waited.',
    value: 'extract(epoch from now() - min(priced_at))::float',
  },
} as const;

/** The sellers' queue as figures, read from its index when the metrics are; NaN while the database does not answer. */
export function measureQueue(database: Database, metrics: Metrics, log: Log): void {
  for (const [name, { help, value }] of Object.entries(reads)) {
    const gauge = metrics.gauge({
      name,
      help,
      labelNames: ['accepted'],
      collect: async () => {
        try {
          const rows: { accepted: boolean; value: number }[] = await database.em().execute(
            `select price_accepted_at is not null as accepted, ${value} as value
               from approvals where waiting group by 1`,
          );
          for (const accepted of [false, true]) {
            const row = rows.find((found) => found.accepted === accepted);
            gauge.set({ accepted: String(accepted) }, row?.value ?? 0);
          }
        } catch (error) {
          log.warn({ err: error, metric: name }, 'a figure could not be read');
          for (const accepted of ['false', 'true']) gauge.set({ accepted }, Number.NaN);
        }
      },
    });
  }
}
