import type { OnMove } from '@alexandrite/baton';

/** Writes every move down, the shop's own and everybody else's. */
export const onOrderMoved: OnMove = async (tx, order, moved) => {
  await tx.execute(
    `insert into order_moves (order_id, version, from_status, to_status, at, by, system, cause, duration_ms)
     select ?, ?, ?, ?, ?::timestamptz, ?, ?, ?, coalesce(
       (select greatest(0, extract(epoch from ?::timestamptz - at) * 1000)
          from order_moves where order_id = ? and version = ?), 0)`,
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
};
