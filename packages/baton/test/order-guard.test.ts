import { uuidV7 } from '@alexandrite/database/uuid';
import { until } from '@alexandrite/e2e/harness/until';
import { holderAfter, mayMove, ORDER_STATUSES, type OrderStatus } from '@alexandrite/schema/order-status';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Process } from './process.ts';
import { granted, moveTo, newOrder, Systems } from './systems.ts';

const systems = new Systems();
let shop: Process;

beforeAll(async () => {
  await systems.open();
  shop = await systems.process('SHOP');
});

afterAll(async () => {
  await systems[Symbol.asyncDispose]();
});

/** Puts an order into a status behind the baton's back, and tries one update; the constraint it meets, or null. */
async function tryMove(from: OrderStatus, heldFrom: OrderStatus | null, change: Record<string, unknown>) {
  const { id } = await newOrder(shop);
  const em = shop.database.em();
  await em.execute(`delete from orders where id = ?`, [id]);
  const facts = `'A-1', 'a', 'B2C', ?, 5, ?, ?, now(), 1, 'x', 'y', ?, 'f', now()`;
  await em.execute(
    `insert into orders (id, number, account_id, channel, status, version, holder, held_from, moved_at, quantity, alloy,
       finish, model_id, filename, created_at) values (?, ${facts})`,
    [id, from, holderAfter(from, 'SHOP'), heldFrom, uuidV7()],
  );
  const columns = Object.keys(change);
  try {
    await em.execute(
      `update orders set ${columns.map((column) => `${column} = ?`).join(', ')} where id = ?`,
      [...Object.values(change), id],
    );
    return null;
  } catch (error) {
    return (error as { constraint?: string }).constraint;
  }
}

describe('the database itself', () => {
  test('lets an order move as the table of moves says, and in no other way', async () => {
    const wrong: string[] = [];
    for (const from of ORDER_STATUSES) {
      const heldFrom = from === 'ON_HOLD' ? 'FILE_UPLOADED' : null;
      for (const to of ORDER_STATUSES) {
        const held_from = to === 'ON_HOLD' ? from : null;
        const holder = holderAfter(to, holderAfter(from, 'SHOP'));
        const met = await tryMove(from, heldFrom, { status: to, version: 6, holder, held_from });
        if (met !== (mayMove(from, to, heldFrom) ? null : 'order_move'))
          wrong.push(`${from} > ${to}: ${met}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('lets nobody leave a version out, move without one, or choose the holder', async () => {
    const next = { status: 'SUBMITTED', version: 6, holder: 'MES' };
    expect(await tryMove('FILE_UPLOADED', null, next)).toBeNull();
    expect(await tryMove('FILE_UPLOADED', null, { ...next, version: 7 })).toBe('order_move');
    expect(await tryMove('FILE_UPLOADED', null, { ...next, version: 5 })).toBe('order_move');
    expect(await tryMove('FILE_UPLOADED', null, { holder: 'CRM' })).toBe('order_move');
    expect(await tryMove('FILE_UPLOADED', null, { ...next, holder: 'CRM' })).toBe('order_holder');
    const hold = { status: 'ON_HOLD', version: 6, held_from: 'SUBMITTED' };
    expect(await tryMove('FILE_UPLOADED', null, hold)).toBe('order_held_from');
    expect(await tryMove('FILE_UPLOADED', null, { quantity: 2 })).toBeNull();
  });
});

describe('a held order', () => {
  test('is let go on by a request to resume, and by no other step that leads to the same status', async () => {
    const { id } = await newOrder(shop, 'FILE_UPLOADED');
    const why = { by: 'seller-1', reason: null };
    granted(await shop.baton.request('HOLD', id, why));
    for (const to of ['FILE_UPLOADED', 'SUBMITTED', 'PRICE_CALCULATED'] as const) {
      expect(await moveTo(shop, id, to)).toMatchObject({ code: 'ILLEGAL_MOVE' });
    }
    expect(await shop.baton.request('RESUME', id, why)).toMatchObject({
      status: 'FILE_UPLOADED',
      version: 4,
    });
    expect(await moveTo(shop, id, 'SUBMITTED')).toMatchObject({ status: 'SUBMITTED', version: 5 });
  });
});

describe('what was written', () => {
  test('is kept once for each version of an order', async () => {
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    const kept = await shop.database
      .em()
      .execute(
        `select version, event->>'to' as "to" from written_moves where order_id = ? order by version`,
        [id],
      );
    expect(kept).toEqual([
      { version: 1, to: 'INITIATED' },
      { version: 2, to: 'FILE_UPLOADED' },
      { version: 3, to: 'SUBMITTED' },
    ]);
    const twice = shop.database
      .em()
      .execute(`insert into written_moves (order_id, version, event) values (?, 3, '{}')`, [id]);
    await expect(twice).rejects.toThrow('written_moves_pkey');
  });

  test('is forgotten after 90 days', async () => {
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    const em = shop.database.em();
    await em.execute(
      `update written_moves set written_at = now() - interval '91 days' where order_id = ? and version < 3`,
      [id],
    );
    await (await systems.process('SHOP')).start();
    const left = () => em.execute('select version from written_moves where order_id = ?', [id]);
    await until('the old ones are gone', async () => (await left()).length === 1);
    expect(await left()).toEqual([{ version: 3 }]);
  });
});
