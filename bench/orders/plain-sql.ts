import { orderGuardSql } from '@alexandrite/baton/order-guard';
import { ordersTableSql } from '@alexandrite/baton/order-record';
import { writtenMovesSql } from '@alexandrite/baton/written-moves';
import { uuidV7 } from '@alexandrite/database/uuid';
import { outboxTablesSql } from '@alexandrite/outbox/outbox-tables';
import { holderAfter, type OrderStatus, type System } from '@alexandrite/schema/order-status';
import pg from 'pg';
import { historyTableSql, movesPerOrder, nextStatus } from './way.ts';

/**
 * The limit: what the same moves cost as SQL alone. The same rows are locked, written and deleted in three databases, in as
 * many transactions, from one process without an ORM, a bus or a cache. Moves a second.
 */
export async function plainSql(
  urls: Record<System, string>,
  orders: number,
  atATime: number,
): Promise<number> {
  const pools = {} as Record<System, pg.Pool>;
  for (const [system, url] of Object.entries(urls) as [System, string][]) {
    pools[system] = new pg.Pool({ connectionString: url, max: 10 });
    await pools[system].query(
      `${ordersTableSql} ${outboxTablesSql} ${orderGuardSql} ${writtenMovesSql} ${historyTableSql}`,
    );
  }
  try {
    const began = performance.now();
    let begun = 0;
    await Promise.all(
      Array.from({ length: atATime }, async () => {
        while (begun < orders) await walk(pools, begun++);
      }),
    );
    return (orders * movesPerOrder) / ((performance.now() - began) / 1_000);
  } finally {
    for (const pool of Object.values(pools)) await pool.end();
  }
}

async function walk(pools: Record<System, pg.Pool>, n: number): Promise<void> {
  const id = uuidV7();
  let holder: System = 'SHOP';
  let status: OrderStatus | undefined = 'INITIATED';
  for (let version = 1; status; version++, status = nextStatus[status]) {
    const after = holderAfter(status, holder);
    const move = { id, n, status, version, after };
    await write(pools[holder], move);
    const others = (Object.keys(pools) as System[]).filter((system) => system !== holder);
    await Promise.all(others.map((system) => project(pools[system], move)));
    holder = after;
  }
}

interface Step {
  id: string;
  n: number;
  status: OrderStatus;
  version: number;
  after: System;
}

async function write(pool: pg.Pool, step: Step): Promise<void> {
  const { id, version, status } = step;
  // as long as a real event
  const event = JSON.stringify({ order: { id, status, version }, facts: 'x'.repeat(600) });
  await transaction(pool, async (client) => {
    await putOrder(client, step);
    await client.query(
      `insert into outbox (subject, payload, message_id, ordering_key, headers) values ($1, $2, $3, $4, '{}')`,
      [`orders.a.${id}.${status}`, event, `${id}:${version}`, id],
    );
    await client.query('insert into written_moves (order_id, version, event) values ($1, $2, $3)', [
      id,
      version,
      event,
    ]);
    await client.query('insert into history values ($1, $2, $3, now())', [id, version, status]);
  });
  await pool.query('delete from outbox where message_id = $1', [`${id}:${version}`]);
}

function project(pool: pg.Pool, step: Step): Promise<void> {
  return transaction(pool, async (client) => {
    await putOrder(client, step);
    await client.query('insert into history values ($1, $2, $3, now())', [
      step.id,
      step.version,
      step.status,
    ]);
  });
}

async function putOrder(client: pg.PoolClient, { id, n, status, version, after }: Step): Promise<void> {
  const { rows } = await client.query('select * from orders where id = $1 for update', [id]);
  if (rows.length > 0) {
    await client.query(
      'update orders set status = $2, version = $3, holder = $4, moved_at = now() where id = $1',
      [id, status, version, after],
    );
    return;
  }
  await client.query(
    `insert into orders (id, number, account_id, channel, status, version, holder, moved_at, quantity, alloy, finish,
       model_id, filename, created_at) values ($1, $2, 'a', 'B2C', $3, $4, $5, now(), 1, 'x', 'y', $1, 'f', now())`,
    [id, `A-${n}`, status, version, after],
  );
}

async function transaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } finally {
    client.release();
  }
}
