import { uuidV7 } from '@alexandrite/database/uuid';
import type { OrderMoved } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Refused, refusal } from '../src/refusal.ts';
import type { Process } from './process.ts';
import { granted, moveTo, newOrder, Systems } from './systems.ts';

const systems = new Systems();
let shop: Process;
let mes: Process;
let crm: Process;

beforeEach(async () => {
  await systems.open();
  [shop, mes, crm] = [
    await systems.process('SHOP'),
    await systems.process('MES'),
    await systems.process('CRM'),
  ];
});

afterEach(async () => {
  await systems.close();
});

afterAll(async () => {
  await systems[Symbol.asyncDispose]();
});

async function startAll(): Promise<void> {
  for (const one of [shop, mes, crm]) await one.start();
}

const statuses = (moves: { status: OrderStatus }[]) => moves.map(({ status }) => status);

describe('the way of an order', () => {
  test('is walked to its end, each move by its holder right after the one before, and all three know all of it', async () => {
    await startAll();
    const { id } = await newOrder(shop, 'FILE_UPLOADED');
    const way: [Process, OrderStatus][] = [
      [shop, 'SUBMITTED'],
      [mes, 'PRICE_CALCULATED'],
      [crm, 'MANUFACTURING_APPROVED'],
      [mes, 'MANUFACTURING_STARTED'],
      [mes, 'MANUFACTURING_COMPLETED'],
      [mes, 'PACKAGING'],
      [mes, 'SHIPPED'],
      [crm, 'CLOSED'],
    ];
    for (const [process, to] of way) {
      const order = granted(await moveTo(process, id, to));
      expect(order.status).toBe(to);
    }
    for (const { baton, seen } of [shop, mes, crm]) {
      expect(await baton.loader().load(id)).toMatchObject({ status: 'CLOSED', version: 10, holder: 'CRM' });
      expect(await seen(id)).toEqual(
        ['INITIATED', 'FILE_UPLOADED', ...way.map(([, to]) => to)].map((status, i) => ({
          version: i + 1,
          status,
        })),
      );
    }
  });

  test('goes on after a process was killed between its commit and its publication', async () => {
    await mes.start();
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED'); // by a process whose relay never ran
    const next = await systems.process('SHOP');
    await next.start();
    granted(await moveTo(mes, id, 'PRICE_CALCULATED'));
    expect(statuses(await mes.seen(id))).toEqual([
      'INITIATED',
      'FILE_UPLOADED',
      'SUBMITTED',
      'PRICE_CALCULATED',
    ]);
  });
});

describe('holding an order', () => {
  test('is for one at a time: of two processes one wins and the other is refused', async () => {
    const second = await systems.process('SHOP');
    const { id } = await newOrder(shop, 'FILE_UPLOADED');
    const results = await Promise.all(
      [shop, second, shop, second].map((one) => moveTo(one, id, 'SUBMITTED')),
    );
    const codes = results.map((result) => ('code' in result ? result.code : 'granted'));
    expect(codes.sort()).toEqual(['NOT_HOLDER', 'NOT_HOLDER', 'NOT_HOLDER', 'granted']);
    expect(statuses(await shop.seen(id))).toEqual(['INITIATED', 'FILE_UPLOADED', 'SUBMITTED']);
  });

  test('is refused at once when nobody can know of a newer version, with where the order stands', async () => {
    await startAll();
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    const began = Date.now();
    expect(await moveTo(shop, id, 'CANCELLED')).toEqual(
      refusal('NOT_HOLDER', 'The order waits for its price.'),
    );
    expect(Date.now() - began).toBeLessThan(1_000);
  });

  test('waits for a version that is known elsewhere, but not for ever', async () => {
    await shop.start();
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    const early = moveTo(mes, id, 'PRICE_CALCULATED'); // does not follow yet
    await mes.start();
    expect(await early).toMatchObject({ status: 'PRICE_CALCULATED', version: 4 });
    const began = Date.now();
    expect(await moveTo(crm, id, 'MANUFACTURING_APPROVED')).toMatchObject({ code: 'NOT_FOUND' });
    expect(Date.now() - began).toBeLessThan(3_000);
  });

  test('is refused for what is not there, not visible, or no id', async () => {
    const { id } = await newOrder(shop);
    const none = { code: 'NOT_FOUND', message: 'There is no such order.' };
    expect(await moveTo(shop, uuidV7(), 'CANCELLED')).toMatchObject(none);
    expect(await moveTo(shop, `${id}' or true`, 'CANCELLED')).toMatchObject(none);
    const hidden = shop.baton.hold(id, async () => 'seen', { visible: () => false });
    expect(await hidden).toMatchObject(none);
  });

  test('is refused when the order is at its end, or may not go there', async () => {
    const { id } = await newOrder(shop);
    expect(await moveTo(shop, id, 'SUBMITTED')).toEqual(
      refusal('ILLEGAL_MOVE', 'The order waits for its model file. It cannot become SUBMITTED.'),
    );
    granted(await moveTo(shop, id, 'CANCELLED'));
    expect(await moveTo(shop, id, 'FILE_UPLOADED')).toEqual(
      refusal('ILLEGAL_MOVE', 'The order is cancelled.'),
    );
  });

  test('is undone altogether by a refusal, returned or thrown, and by a fault', async () => {
    const { id } = await newOrder(shop);
    const returned = await shop.baton.hold(id, async (_tx, _order, move) => {
      await move('FILE_UPLOADED', { by: 'test' });
      return refusal('NO', 'after all');
    });
    const thrown = await shop.baton.hold(id, async (_tx, _order, move) => {
      await move('FILE_UPLOADED', { by: 'test' });
      throw new Refused('NO', 'after all');
    });
    expect([returned, thrown]).toEqual([refusal('NO', 'after all'), refusal('NO', 'after all')]);
    const fault = shop.baton.hold(id, async (_tx, _order, move) => {
      await move('FILE_UPLOADED', { by: 'test' });
      throw new Error('fault');
    });
    await expect(fault).rejects.toThrow('fault');
    expect(await shop.seen(id)).toHaveLength(1);
    expect(
      await shop.database.em().execute('select * from outbox where ordering_key = ?', [id]),
    ).toHaveLength(1);
    expect(await shop.baton.loader().load(id)).toMatchObject({ status: 'INITIATED', version: 1 });
  });
});

describe('following the others', () => {
  const sent: OrderMoved[] = [];

  /** The events of an order that MES has never heard of. */
  async function eventsOf(...moves: OrderStatus[]): Promise<OrderMoved[]> {
    sent.length = 0;
    const source = await systems.process('SHOP', { onMove: (moved) => sent.push(moved) });
    await newOrder(source, ...moves);
    return [...sent];
  }

  async function deliver(events: OrderMoved[]): Promise<void> {
    for (const event of events) {
      const subject = `orders.a.${event.order.id}.${event.to}`;
      await systems.bus.publish(subject, event, { messageId: uuidV7() });
    }
  }

  async function settled(): Promise<void> {
    for (;;) {
      const { pending, inFlight } = await systems.bus.depth('ORDERS', 'mes-orders');
      if (pending + inFlight === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('takes double, late and disordered messages once each, in order', async () => {
    const events = await eventsOf('FILE_UPLOADED', 'SUBMITTED');
    const [first, second, third] = events as [OrderMoved, OrderMoved, OrderMoved];
    await mes.start();
    await deliver([third, second, second, first, third, first, second]);
    await settled();
    expect(statuses(await mes.seen(first.order.id))).toEqual(['INITIATED', 'FILE_UPLOADED', 'SUBMITTED']);
    await deliver([second, first]);
    await settled();
    expect(await mes.baton.loader().load(first.order.id)).toMatchObject({ status: 'SUBMITTED', version: 3 });
  });

  test('is shared by two processes without doing anything twice', async () => {
    const second = await systems.process('MES');
    const many = await Promise.all(
      Array.from({ length: 20 }, () => newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED')),
    );
    for (const one of [mes, second, shop]) await one.start();
    await shop.outbox.drained(5_000);
    await settled();
    for (const { id } of many) expect(await mes.seen(id)).toHaveLength(3);
    expect(systems.log.entries.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('reading', () => {
  test('waits for what a client may have heard of, even in a service that has not', async () => {
    await shop.start();
    const { id } = await newOrder(shop, 'FILE_UPLOADED');
    const reading = mes.baton.loader().load(id);
    await mes.start();
    expect(await reading).toMatchObject({ status: 'FILE_UPLOADED', version: 2 });
    const { version } = granted(await moveTo(shop, id, 'SUBMITTED'));
    expect(await mes.baton.loader().load(id)).toMatchObject({ version });
  });

  test('gives null for what is neither there nor archived, in two statements for all', async () => {
    const { id } = await newOrder(shop);
    const loader = shop.baton.loader();
    const before = shop.database.statements;
    const orders = await Promise.all([
      loader.load(id),
      loader.load(uuidV7()),
      loader.load('no id'),
      loader.load(id),
    ]);
    expect(orders.map((order) => order?.status)).toEqual(['INITIATED', undefined, undefined, 'INITIATED']);
    expect(shop.database.statements - before).toBe(2);
  });

  test('makes known what it shows, when the mover has not come to it', async () => {
    const deaf = new Proxy(systems.cache, {
      get(cache, name) {
        if (name === 'raise') return async () => Promise.reject(new Error('too late'));
        const member = Reflect.get(cache, name, cache);
        return typeof member === 'function' ? member.bind(cache) : member;
      },
    });
    const { id } = await newOrder(await systems.process('SHOP', { cache: deaf }));
    expect(await systems.cache.get(`order-version:${id}`)).toBeNull();
    await shop.baton.loader().load(id);
    expect(await systems.cache.get(`order-version:${id}`)).toBe('1');
  });

  test('goes on without the cache', async () => {
    const { id } = await newOrder(shop);
    const broken = new Proxy(systems.cache, {
      get: () => async () => {
        throw new Error('the cache is away');
      },
    });
    const blind = await systems.process('SHOP', { cache: broken });
    expect(await blind.baton.loader().load(id)).toMatchObject({ version: 1 });
    expect(await moveTo(blind, id, 'FILE_UPLOADED')).toMatchObject({ version: 2 });
  });
});
