import type { Database } from '@alexandrite/database';
import type { System } from '@alexandrite/schema/order-status';
import type { WaitReason } from '@alexandrite/schema/questions';

/** Why an order stands still, kept for its timeline when it has gone on: the last reason of each stay. */
export async function keepDelay(
  database: Database,
  { id, version }: { id: string; version: number },
  reason: WaitReason,
  system: System,
): Promise<void> {
  await database.em().execute(
    `insert into order_delays as known (order_id, version, reason, system) values (?, ?, ?, ?)
     on conflict (order_id, version) do update set reason = excluded.reason, system = excluded.system
       where known.reason <> excluded.reason`,
    [id, version, reason, system],
  );
}
