import type { Database, Tx } from '@alexandrite/database';
import type { OrderMoved } from '@alexandrite/schema/events';

/** Longer than anything waits for a repair. */
const keepDays = 90;
const atATime = 5_000;

/** For a migration of each service. Its key lets nobody write one version of an order twice. */
export const writtenMovesSql = `
create table written_moves (
  order_id uuid not null,
  version integer not null,
  event json not null,
  written_at timestamptz(3) not null default now(),
  primary key (order_id, version)
);
create index written_moves_by_age on written_moves (written_at);`;

/** Keeps what this system says about an order, so that it can be said again to whoever has missed it. */
export async function keepMove(tx: Tx, moved: OrderMoved): Promise<void> {
  await tx.execute('insert into written_moves (order_id, version, event) values (?, ?, ?)', [
    moved.order.id,
    moved.version,
    JSON.stringify(moved),
  ]);
}

/** This system's own moves of an order behind a version, oldest first. */
export async function readWrittenMoves(tx: Tx, orderId: string, afterVersion: number): Promise<OrderMoved[]> {
  const rows = await tx.execute<{ event: OrderMoved }[]>(
    'select event from written_moves where order_id = ? and version > ? order by version',
    [orderId, afterVersion],
  );
  return rows.map(({ event }) => event);
}

/** Forgets moves that nobody will ask for any more. */
export async function forgetWrittenMoves(database: Database): Promise<void> {
  for (;;) {
    const gone = await database.em().execute(
      `delete from written_moves where (order_id, version) in
         (select order_id, version from written_moves
           where written_at < now() - interval '${keepDays} days' limit ${atATime})
       returning true`,
    );
    if (gone.length < atATime) return;
  }
}
