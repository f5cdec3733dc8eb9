import { randomUUID } from 'node:crypto';
import { uuidV7 } from '@alexandrite/database/uuid';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { answerQuestion } from '../src/answer-questions.ts';
import { archiveOrders, monthOf } from '../src/archive-orders.ts';
import type { Process } from './process.ts';
import { moveTo, newOrder, Systems } from './systems.ts';

const systems = new Systems();
let shop: Process;

beforeEach(async () => {
  await systems.open();
  shop = await systems.process('SHOP');
  await shop.database.em().execute('delete from orders');
  await shop.database.em().execute('delete from orders_archive');
});
afterEach(() => systems.close());
afterAll(() => systems[Symbol.asyncDispose]());

const sql = (text: string, values: unknown[] = []) => shop.database.em().execute(text, values);
const archive = () => archiveOrders({ url: shop.database.url, afterDays: 100, atATime: 3 });

/** An order made, and for the last time moved, at a time long ago. */
async function old(made: string, status: string, id = uuidV7(new Date(made))): Promise<string> {
  await sql(
    `insert into orders (id, number, account_id, channel, status, version, holder, moved_at, quantity, alloy, finish,
                         model_id, filename, created_at)
     values (?, ?, 'anna', 'B2C', ?, 10, 'CRM', ?, 1, 'SILVER_925', 'RAW', gen_random_uuid(), 'ring.stl', ?)`,
    [id, `A-${id.slice(-6)}`, status, made, made],
  );
  return id;
}

test('what has been over for long is archived by its month; everything else stays', async () => {
  const march = await Promise.all(
    Array.from({ length: 5 }, (_, n) => old(`2025-03-0${n + 1}T10:00:00Z`, 'CLOSED')),
  );
  const april = await old('2025-04-30T23:59:59.999Z', 'CANCELLED');
  const strange = await old('2025-03-09T10:00:00Z', 'CLOSED', randomUUID());
  const open = await old('2025-03-10T10:00:00Z', 'SHIPPED');
  const fresh = await newOrder(shop, 'CANCELLED');

  expect(await Promise.all([archive(), archive()])).toEqual(expect.arrayContaining([7, 0])); // one of two at a time
  const left = await sql('select id from orders order by id');
  expect(left.map(({ id }) => id)).toEqual([open, fresh.id].sort());
  const where = await sql(
    'select tableoid::regclass::text as place, count(*)::int as n from orders_archive group by 1 order by 1',
  );
  expect(where).toEqual([
    { place: 'orders_archive_2025_03', n: 5 },
    { place: 'orders_archive_2025_04', n: 1 },
    { place: 'orders_archive_rest', n: 1 },
  ]);

  // read by id as ever, and a look for an id goes to its own partition
  const orders = await shop.baton.loader().loadMany([march[0]!, open, april, strange, uuidV7()]);
  expect(orders).toMatchObject([
    {
      id: march[0],
      status: 'CLOSED',
      version: 10,
      accountId: 'anna',
      createdAt: new Date('2025-03-01T10:00:00Z'),
    },
    { id: open, status: 'SHIPPED' },
    { id: april, status: 'CANCELLED', submittedAt: null },
    { id: strange },
    null,
  ]);
  const plan = await sql('explain select * from all_orders where id = ?', [march[0]]);
  const touched = plan.map((row) => String(row['QUERY PLAN'])).filter((line) => line.includes(' on orders'));
  expect(touched).toEqual([
    expect.stringContaining('orders_pkey on orders'),
    expect.stringContaining('on orders_archive_2025_03'),
  ]);
});

test('what is archived is over: it refuses every move, and whoever compares the systems finds it', async () => {
  const id = await old('2025-03-01T10:00:00Z', 'CLOSED');
  await archive();
  expect(await moveTo(shop, id, 'CANCELLED')).toMatchObject({
    code: 'ILLEGAL_MOVE',
    message: 'The order is closed.',
  });
  const { bus } = systems;
  const { log } = systems.log;
  const waitsFor = async () => new Map();
  const options = {
    system: 'SHOP' as const,
    database: shop.database,
    outbox: shop.outbox,
    bus,
    log,
    waitsFor,
  };
  for (const asked of [
    { kind: 'PAGE', after: null, limit: 10 },
    { kind: 'VIEWS', orderIds: [id] },
  ] as const)
    expect((await answerQuestion(options, { id: randomUUID(), asked })).views).toMatchObject([
      { id, version: 10 },
    ]);
});

test('nothing is archived that may still be spoken of', async () => {
  await expect(archiveOrders({ url: shop.database.url, afterDays: 30 })).rejects.toThrow('at least 100 days');
  expect(monthOf(uuidV7(new Date('2026-02-28T23:59:59.999Z')))).toBe('2026-02');
  expect(monthOf('01a20508-6fb9-41a7-8656-abb20ce32a73')).toBeNull();
});
