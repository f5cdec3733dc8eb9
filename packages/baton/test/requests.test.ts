import { uuidV7 } from '@alexandrite/database/uuid';
import type { OrderRequest } from '@alexandrite/schema/events';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { refusal } from '../src/refusal.ts';
import type { Process } from './process.ts';
import { granted, moveTo, newOrder, Systems } from './systems.ts';

const systems = new Systems();
let shop: Process;
let mes: Process;
let crm: Process;
const why = { by: 'customer.1', reason: 'changed my mind' };

beforeEach(async () => {
  await systems.open();
  shop = await systems.process('SHOP');
  mes = await systems.process('MES', {
    judge: async (_tx, _order, request) =>
      request.reason === 'no good reason' ? refusal('TOO_LATE', 'Not for that.') : null,
  });
  crm = await systems.process('CRM');
  for (const one of [shop, crm]) await one.start();
});

afterEach(async () => {
  await systems.close();
});

afterAll(async () => {
  await systems[Symbol.asyncDispose]();
});

describe('a request against the grain', () => {
  test('is done at once by who holds the order', async () => {
    const { id } = await newOrder(shop);
    expect(await shop.baton.request('CANCEL', id, why)).toMatchObject({ status: 'CANCELLED', version: 2 });
    expect(await shop.baton.request('CANCEL', id, why)).toMatchObject({ code: 'ILLEGAL_MOVE' });
  });

  test('is granted by the holder, with who and why', async () => {
    await mes.start();
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    expect(await shop.baton.request('CANCEL', id, why)).toMatchObject({ status: 'CANCELLED', version: 4 });
    expect(await mes.baton.loader().load(id)).toMatchObject({ status: 'CANCELLED', holder: 'MES' });
  });

  test('is refused by the holder with its own words', async () => {
    await mes.start();
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    const answer = await shop.baton.request('CANCEL', id, { ...why, reason: 'no good reason' });
    expect(answer).toEqual(refusal('TOO_LATE', 'Not for that.'));
    expect(await shop.baton.loader().load(id)).toMatchObject({ status: 'SUBMITTED' });
  });

  test('is pending while the holder is away, and is done when it comes back', async () => {
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    expect(await shop.baton.request('HOLD', id, why)).toMatchObject({ code: 'PENDING' });
    await mes.start();
    await until(async () => (await shop.baton.loader().load(id))?.status === 'ON_HOLD');
    expect(await mes.seen(id)).toHaveLength(4);
  });

  test('runs after the order when it has been handed on meanwhile', async () => {
    await mes.start();
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    granted(await moveTo(mes, id, 'PRICE_CALCULATED'));
    const request: OrderRequest = {
      id: uuidV7(),
      orderId: id,
      kind: 'CANCEL',
      at: new Date().toISOString(),
      ...why,
    };
    for (let i = 0; i < 2; i++) {
      await systems.bus.publish('requests.mes', request, { messageId: request.id });
    }
    await until(async () => (await shop.baton.loader().load(id))?.status === 'CANCELLED');
    expect(await crm.baton.loader().load(id)).toMatchObject({ holder: 'CRM', version: 5 });
  });

  test('holds an order where it is and lets it go on from there', async () => {
    await mes.start();
    const { id } = await newOrder(shop, 'FILE_UPLOADED', 'SUBMITTED');
    expect(await shop.baton.request('RESUME', id, why)).toMatchObject({ code: 'ILLEGAL_MOVE' });
    expect(await shop.baton.request('HOLD', id, why)).toMatchObject({
      status: 'ON_HOLD',
      heldFrom: 'SUBMITTED',
      holder: 'MES',
    });
    expect(await moveTo(mes, id, 'PRICE_CALCULATED')).toMatchObject({ code: 'ILLEGAL_MOVE' });
    expect(await shop.baton.request('RESUME', id, why)).toMatchObject({
      status: 'SUBMITTED',
      heldFrom: null,
      holder: 'MES',
    });
  });

  test('is not for strangers', async () => {
    const { id } = await newOrder(shop);
    const answer = await shop.baton.request('CANCEL', id, why, {
      visible: ({ accountId }) => accountId === 'other',
    });
    expect(answer).toMatchObject({ code: 'NOT_FOUND' });
    expect(await shop.baton.request('CANCEL', uuidV7(), why)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
