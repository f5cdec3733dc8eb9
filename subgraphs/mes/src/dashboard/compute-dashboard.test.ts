import type { Database } from '@alexandrite/database';
import { createTestDatabase, type TestDatabase } from '@alexandrite/e2e/harness/postgres';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openMesDatabase } from '../database.ts';
import { computeDashboard, lockDashboard } from './compute-dashboard.ts';

let server: TestDatabase;
let database: Database;

beforeEach(async () => {
  server = await createTestDatabase('dashboard');
  database = await openMesDatabase({
    url: server.url,
    log: memoryLog().log,
    metrics: new Metrics('test'),
  });
});

afterEach(async () => {
  await database?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const sql = (statement: string) => database.em().execute(statement);

function compute() {
  return database.transaction(async (tx) => {
    await lockDashboard(tx);
    return computeDashboard(tx);
  });
}

async function addOrders(count: number, status: string, channel = 'B2C', promised = 'null'): Promise<void> {
  await sql(`
    insert into orders (id, number, account_id, channel, status, version, holder, moved_at, quantity, alloy, finish,
        model_id, filename, created_at, promised_at)
      select gen_random_uuid(), 'A-' || n, 'customer-1', '${channel}', '${status}', 3, 'MES', now(), 1, 'SILVER_925', 'RAW',
        gen_random_uuid(), 'ring.stl', now(), ${promised}
      from generate_series(1, ${count}) as n`);
}

test('an empty floor', async () => {
  expect(await compute()).toEqual({
    asOf: expect.any(Number),
    ordersByStatus: {},
    queues: [
      { channel: 'B2B', waiting: 0, inProgress: 0, oldestAt: null },
      { channel: 'B2C', waiting: 0, inProgress: 0, oldestAt: null },
    ],
    oldestWaiting: null,
    pricingP50: null,
    pricingP95: null,
    atRisk: 0,
    atRiskChangesAt: null,
  });
});

test('the counts follow whatever happens to orders, also while others count', async () => {
  await addOrders(5, 'SUBMITTED');
  await addOrders(2, 'CLOSED');
  expect((await compute()).ordersByStatus).toEqual({ SUBMITTED: 5, CLOSED: 2 });
  await sql(
    `update orders set status = 'CANCELLED', version = 4 where number in ('A-3', 'A-4') and status = 'SUBMITTED'`,
  );
  await sql('update orders set quantity = 2');
  const moves = Array.from({ length: 20 }, (_, i) =>
    i % 4 === 3 ? compute() : addOrders(1, i % 2 ? 'INITIATED' : 'SUBMITTED'),
  );
  await Promise.all(moves);
  await sql(`delete from orders where status = 'CLOSED'`);
  const { ordersByStatus } = await compute();
  expect(ordersByStatus).toEqual({ SUBMITTED: 13, CANCELLED: 2, INITIATED: 5 });
  const [row] = await sql('select count(*)::int as n from order_count_changes');
  expect(row?.n).toBe(0);
});

test('queues, percentiles of the last day, who waits, and what is promised', async () => {
  await addOrders(3, 'SUBMITTED', 'B2B');
  await addOrders(30, 'PRICE_CALCULATED', 'B2C', `now() + interval '10 days'`);
  await addOrders(2, 'MANUFACTURING_APPROVED', 'B2C', `now() + interval '2 days'`);
  await addOrders(1, 'ON_HOLD', 'B2C', `now() - interval '2 days'`);
  await addOrders(4, 'SHIPPED', 'B2C', `now() - interval '2 days'`);
  const pricing = (values: string, where: string) =>
    sql(`insert into pricings (order_id, account_id, channel, request_id, percent, revision, requested_at, stage,
        finished_at, seconds) select id, account_id, channel, id::text, 0, 1, ${values} from orders ${where}`);
  await pricing(
    `now() - row_number() over () * interval '1 minute',
      case when row_number() over () = 1 then 'CALCULATING' else 'QUEUED' end, null, null`,
    `where channel = 'B2B'`,
  );
  await pricing(
    `now(), 'CALCULATED', now() - row_number() over () * interval '1 hour', row_number() over ()`,
    `where status = 'PRICE_CALCULATED'`,
  );
  await sql(`insert into work_orders (id, status, created_at, waiting_since)
    select id, status, now(), now() - row_number() over () * interval '1 hour' from orders
    where status in ('MANUFACTURING_APPROVED', 'ON_HOLD')`);
  const [oldest] = await sql(
    `select id from work_orders where status = 'MANUFACTURING_APPROVED' order by waiting_since limit 1`,
  );

  const facts = await compute();
  expect(facts).toMatchObject({
    queues: [
      { channel: 'B2B', waiting: 2, inProgress: 1 },
      { channel: 'B2C', waiting: 0, inProgress: 0, oldestAt: null },
    ],
    oldestWaiting: { id: oldest?.id },
    atRisk: 3,
    pricingP50: 12, // of 1, 2, … 23: the 24th was finished a day ago
  });
  expect(facts.asOf - facts.queues[0]!.oldestAt!).toBeCloseTo(180_000, -4);
  expect(facts.pricingP95).toBeCloseTo(21.9);
  // those promised in ten days become a risk in seven
  expect((facts.atRiskChangesAt! - facts.asOf) / 86_400_000).toBeCloseTo(7, 2);
});
