import pg from 'pg';
import { isFinalSql } from './order-archive.ts';

/**
 * Longer than anything says a move again: streams keep a week, dead letters a month, what a system has said 90 days. An
 * archived order whose first move came once more would begin anew.
 */
export const leastDays = 100;

export interface ArchiveOptions {
  /** Of the database of one system. */
  url: string;
  /** Orders that have been over for so long; at least `leastDays`. */
  afterDays: number;
  /** Orders moved in one transaction. Default 500: nobody waits for more. */
  atATime?: number;
  signal?: AbortSignal;
}

/** Any number that is ours alone: one archives at a time. */
const archiveLock = 7_201_004;

/**
 * Moves orders that have been over for long out of the tables that everybody works with, a few at a time; each is in one
 * of the two tables at any moment. Returns how many; 0, too, while somebody else is at it.
 */
export async function archiveOrders({
  url,
  afterDays,
  atATime = 500,
  signal,
}: ArchiveOptions): Promise<number> {
  if (!(afterDays >= leastDays)) throw new TypeError(`expected at least ${leastDays} days, got ${afterDays}`);
  const session = new pg.Client({
    connectionString: url,
    application_name: 'archive',
    connectionTimeoutMillis: 10_000,
  });
  await session.connect();
  try {
    const { rows } = await session.query('select pg_try_advisory_lock($1) as got', [archiveLock]);
    if (!rows[0].got) return 0;
    for (let moved = 0; ; ) {
      const now = signal?.aborted ? 0 : await archiveSome(session, afterDays, atATime);
      moved += now;
      if (now < atATime) return moved;
    }
  } finally {
    await session.end(); // gives the lock back
  }
}

async function archiveSome(session: pg.Client, afterDays: number, atATime: number): Promise<number> {
  const { rows } = await session.query<{ id: string }>(
    `select id from orders where ${isFinalSql} and moved_at < now() - $1 * interval '1 day'
      order by moved_at limit $2`,
    [afterDays, atATime],
  );
  if (rows.length === 0) return 0;
  for (const month of new Set(rows.flatMap(({ id }) => monthOf(id) ?? [])))
    await makePartition(session, month);
  // One statement: whoever reads sees the order before it or after it. What has just moved on is left alone.
  const { rowCount } = await session.query(
    `with gone as (delete from orders where id = any($1::uuid[]) and ${isFinalSql} returning *)
     insert into orders_archive select * from gone`,
    [rows.map(({ id }) => id)],
  );
  return rowCount ?? 0;
}

/** `2026-11`, from the time that a UUIDv7 begins with; null for other ids. */
export function monthOf(id: string): string | null {
  if (id[14] !== '7') return null;
  const made = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
  return made.getUTCFullYear() < 2_000 || made.getUTCFullYear() > 9_998
    ? null
    : made.toISOString().slice(0, 7);
}

async function makePartition(session: pg.Client, month: string): Promise<void> {
  const name = `orders_archive_${month.replace('-', '_')}`;
  const [year, number] = month.split('-').map(Number) as [number, number];
  const from = firstId(Date.UTC(year, number - 1));
  const to = firstId(Date.UTC(year, number));
  const { rows } = await session.query(
    `select to_regclass($1) is not null as there,
            exists (select 1 from orders_archive_rest where id >= $2 and id < $3) as rest`,
    [name, from, to],
  );
  // Rows that the rest has of that month keep the partition from being made: the others go there, too.
  if (rows[0].there || rows[0].rest) return;
  await session.query(
    `create table ${pg.escapeIdentifier(name)} partition of orders_archive for values from ('${from}') to ('${to}')`,
  );
}

/** The smallest id of that millisecond. */
function firstId(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
