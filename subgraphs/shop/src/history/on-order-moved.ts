import type { OnMove } from '@alexandrite/baton';
import { afterCommit } from '@alexandrite/database/after-commit';
import type { Metrics } from '@alexandrite/telemetry/metrics';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Writes every move down, the shop's own and everybody else's, and counts how long the status before it lasted. */
export function onOrderMoved(metrics: Metrics): OnMove {
  const stages = metrics.histogram({
    name: 'order_stage_seconds',
    help: 'How long orders stayed in a status, counted when they leave it.',
    labelNames: ['status', 'channel'],
    buckets: [1, 10, minute, 10 * minute, hour, 6 * hour, day, 3 * day, 7 * day, 21 * day],
  });
  return async (tx, order, moved) => {
    const [row] = await tx.execute<{ duration_ms: string }[]>(
      `insert into order_moves (order_id, version, from_status, to_status, at, by, system, cause, duration_ms)
       select ?, ?, ?, ?, ?::timestamptz, ?, ?, ?, coalesce(
         (select greatest(0, extract(epoch from ?::timestamptz - at) * 1000)
            from order_moves where order_id = ? and version = ?), 0)
       returning duration_ms`,
      [
        order.id,
        moved.version,
        moved.from,
        moved.to,
        moved.at,
        moved.by,
        moved.system,
        moved.cause,
        moved.at,
        order.id,
        moved.version - 1,
      ],
    );
    const { from } = moved;
    if (from === null || !row) return;
    afterCommit(tx, () =>
      stages.observe({ status: from, channel: order.channel }, Number(row.duration_ms) / 1_000),
    );
  };
}
