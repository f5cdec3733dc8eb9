import type { Database } from '@alexandrite/database';
import { createTestDatabase, type TestDatabase } from '@alexandrite/e2e/harness/postgres';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openMesDatabase } from '../database.ts';
import { myWorkStatement, readMyWork } from './read-my-work.ts';
import { type QueueEntry, readWorkQueue, workQueueStatement } from './read-work-queue.ts';

const orders = 20_000;
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('work queue');
  database = await openMesDatabase({
    url: server.url,
    log: memoryLog().log,
    metrics: new Metrics('test'),
  });
  // as a shop of some years has them: nearly all are done, and some were approved in the same millisecond
  await database.em().execute(`
    insert into orders (id, number, account_id, channel, status, version, holder, moved_at, quantity, alloy, finish,
        model_id, filename, created_at)
      select gen_random_uuid(), 'A-' || n, 'customer-1', 'B2C',
        case when n % 40 = 0 then 'MANUFACTURING_APPROVED' when n % 200 = 1 then 'PACKAGING' else 'CLOSED' end,
        5, 'MES', now(), 1, 'SILVER_925', 'RAW', gen_random_uuid(), 'ring.stl',
        timestamptz '2026-01-01' + (n / 3) * interval '1 minute'
      from generate_series(1, ${orders}) as n`);
  await database
    .em()
    .execute('insert into work_orders (id, status, created_at) select id, status, created_at from orders');
  await database.em().execute(`
    insert into operators (id, name, created_at) select 'operator-' || n, '', now() from generate_series(0, 4) as n`);
  await database.em().execute(`
    update work_orders set operator_id = 'operator-' || abs(hashtext(id::text)) % 5
      where status in ('PACKAGING', 'CLOSED')`);
  await database.em().execute('analyze work_orders');
}, 60_000);

afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function planOf({ sql, params }: ReturnType<typeof workQueueStatement>): Promise<string> {
  const rows = await database
    .em()
    .execute<Record<string, string>[]>(`explain (analyze, costs off, timing off) ${sql}`, params);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test.each([
  ['the floor', null, 'work_orders_on_the_floor'],
  ['one status', 'PACKAGING', 'work_orders_by_status'],
] as const)(
  'the pages of %s are read from their index, and no row is read in vain',
  async (_, status, index) => {
    const [newest] = await readWorkQueue(database.em(), status, null, 1);
    for (const after of [null, newest!]) {
      const plan = await planOf(workQueueStatement(status, after, 21));
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/Sort|Seq Scan|Rows Removed/);
      expect(plan).toMatch(/rows=21\b/);
    }
  },
);

test('what an operator has in hand is read from its index, however much they have made before', async () => {
  const [newest] = await readMyWork(database.em(), 'operator-1', null, 1);
  for (const after of [null, newest!]) {
    const plan = await planOf(myWorkStatement('operator-1', after, 5));
    expect(plan).toContain('work_orders_in_hand');
    expect(plan).not.toMatch(/Sort|Seq Scan|Rows Removed/);
  }
});

test('page after page gives every order of the floor once, newest first', async () => {
  const seen: QueueEntry[] = [];
  for (let after: QueueEntry | null = null; ; ) {
    const page: QueueEntry[] = await readWorkQueue(database.em(), null, after, 100);
    seen.push(...page);
    if (page.length < 100) break;
    after = page.at(-1)!;
  }
  expect(seen).toHaveLength(orders / 40 + orders / 200);
  expect(new Set(seen.map(([, id]) => id)).size).toBe(seen.length);
  expect(seen).toEqual(seen.toSorted(([a, x], [b, y]) => b - a || (x < y ? 1 : -1)));
});

test('a cursor that no page gave is refused', async () => {
  for (const after of [
    [Number.NaN, 'a'],
    [1e300, crypto.randomUUID()],
    [-8.64e15, crypto.randomUUID()],
    [8.64e15, crypto.randomUUID()],
    [0, "x' or true"],
  ] as const) {
    await expect(readWorkQueue(database.em(), null, after, 10)).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
  }
});
