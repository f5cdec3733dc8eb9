import type { Database } from '@alexandrite/database';

const keepDays = 30;

/** The log ends after a month; what waits for a webhook that stays disabled does, too. */
export async function forgetDeliveries(database: Database): Promise<void> {
  const old = `created_at < now() - interval '${keepDays} days'`;
  await database.em().execute(`delete from webhook_deliveries where state <> 'WAITING' and ${old}`);
  await database.em().execute(
    `delete from webhook_deliveries d using webhooks w
      where d.webhook_id = w.id and d.state = 'WAITING' and d.${old} and w.disabled_at is not null`,
  );
}
