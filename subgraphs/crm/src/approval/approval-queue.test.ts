import { randomUUID } from 'node:crypto';
import type { Database } from '@alexandrite/database';
import { createTestDatabase, type TestDatabase } from '@alexandrite/e2e/harness/postgres';
import { type Connection, connection, pageRequest } from '@alexandrite/subgraph/connection';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openCrmDatabase } from '../database.ts';
import type { Approval } from './approval.ts';
import { queueCursor, queueKey, queueQuery, readQueue } from './approval-queue.ts';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('crm queue');
  database = await openCrmDatabase({
    url: server.url,
    log: memoryLog().log,
    metrics: new Metrics('crm'),
  });
  // 20,000 old decisions among which 600 wait; every third of those is accepted; minutes repeat, so that ties occur
  const em = database.em();
  await em.execute(`
    insert into orders (id, number, account_id, channel, status, version, holder, moved_at, quantity, alloy, finish,
                        model_id, filename, created_at)
    select gen_random_uuid(), 'A-' || n, 'customer-1', 'B2C', 'PRICE_CALCULATED', 4, 'CRM', now(), 1, 'SILVER_925',
           'RAW', gen_random_uuid(), 'ring.stl', now()
    from generate_series(1, 20000) n`);
  await em.execute(`
    insert into approvals (order_id, priced_at, waiting, price_accepted_at)
    select id, timestamptz '2026-01-01' + (n % 17) * interval '1 minute', n <= 600,
           case when n % 3 = 0 then now() end
    from (select id, row_number() over (order by number) as n from orders) as numbered`);
  await em.execute('analyze approvals');
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function page(first: number, after?: string | null): Promise<Connection<Approval>> {
  const request = pageRequest({ first, after: after ?? null }, queueCursor);
  return connection(await readQueue(database.em(), request), request, queueKey);
}

test('pages hold every waiting order once: accepted first, then oldest', async () => {
  const seen: Approval[] = [];
  let after: string | null = null;
  do {
    const { nodes, pageInfo } = await page(70, after);
    seen.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen).toHaveLength(600);
  expect(new Set(seen.map(({ orderId }) => orderId)).size).toBe(600);
  const keys = seen.map(queueKey);
  expect(keys).toEqual(keys.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)));
  expect(keys.filter(([unaccepted]) => unaccepted === 0)).toHaveLength(200);
});

test('a page is read in the order of the index, without sorting and without old decisions', async () => {
  const { endCursor } = (await page(20)).pageInfo;
  const em = database.em();
  for (const after of [null, endCursor]) {
    const query = queueQuery(em, pageRequest({ first: 20, after }, queueCursor));
    const lines = await em.execute(`explain ${query.getFormattedQuery()}`);
    const plan = lines.map((line: Record<string, unknown>) => line['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan using approvals_queue');
    expect(plan).not.toContain('Sort');
    if (after) expect(plan).toContain('Index Cond: (ROW(');
  }
});

test('a cursor that nobody gave is refused as the caller’s fault', async () => {
  const forged = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
  for (const key of [
    [1, 'yesterday', randomUUID()],
    [1, '2026-01-01', 'no uuid'],
    ['1', '2026-01-01', randomUUID()],
  ]) {
    await expect(page(5, forged(key))).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  }
});
