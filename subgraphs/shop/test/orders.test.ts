import { BusError } from '@alexandrite/bus';
import { uuidV7 } from '@alexandrite/database/uuid';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ShopService } from '../src/build.ts';
import {
  type Ask,
  announce,
  asking,
  create,
  mutate,
  put,
  ServedShop,
  someBytes,
  uploadedModel,
} from './served-shop.ts';

let served: ServedShop;
let shop: ShopService;
let anna: Ask;

beforeAll(async () => {
  served = new ServedShop();
  shop = await served.open();
  anna = asking(shop, 'anna');
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

const history = `query ($id: ID!) {
  order(id: $id) {
    status version holder channel alloy finish
    account { id } model { id filename sha256 downloadUrl }
    history { version from to by system cause duration durationSeconds }
  }
  orderStatus(orderId: $id) { from to version by order { id status version } }
}`;

describe('an order', () => {
  test('begins with its file, is submitted, and its history tells every move of every system', async () => {
    const order = await create(anna, await uploadedModel(shop, anna), { quantity: 3 });
    expect(order).toMatchObject({
      status: 'FILE_UPLOADED',
      version: 2,
      holder: 'SHOP',
      number: expect.stringMatching(/^A-0000\d\d$/),
      quantity: 3,
    });
    const submitted = await mutate(anna, 'submitOrder', order.id);
    expect(submitted).toMatchObject({ status: 'SUBMITTED', version: 3, holder: 'MES' });
    const days = (Date.parse(submitted.promisedAt) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(21, 2);

    await served.moveElsewhere(shop, order.id, 'MES', 'PRICE_CALCULATED');
    const { data } = await anna(history, { id: order.id });
    expect(data!.order).toMatchObject({
      status: 'PRICE_CALCULATED',
      version: 4,
      holder: 'CRM',
      channel: 'B2C',
      account: { id: 'anna' },
      model: { filename: 'ring.stl', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(data!.order.history).toMatchObject([
      { version: 1, from: null, to: 'INITIATED', by: 'anna', system: 'SHOP', duration: 'PT0S' },
      { version: 2, from: 'INITIATED', to: 'FILE_UPLOADED', by: 'anna', system: 'SHOP' },
      { version: 3, from: 'FILE_UPLOADED', to: 'SUBMITTED', by: 'anna', system: 'SHOP' },
      { version: 4, from: 'SUBMITTED', to: 'PRICE_CALCULATED', by: 'mes', system: 'MES' },
    ]);
    for (const move of data!.order.history) expect(move.durationSeconds).toBeGreaterThanOrEqual(0);
    expect(data!.orderStatus).toEqual({
      from: 'SUBMITTED',
      to: 'PRICE_CALCULATED',
      version: 4,
      by: 'mes',
      order: { id: order.id, status: 'PRICE_CALCULATED', version: 4 },
    });
    const told = served.log.entries.filter(
      ({ message, orderId }) => message === 'order moved' && orderId === order.id,
    );
    expect(told.map(({ from, to, by, version }) => [from, to, by, version])).toEqual([
      [null, 'INITIATED', 'anna', 1],
      ['INITIATED', 'FILE_UPLOADED', 'anna', 2],
      ['FILE_UPLOADED', 'SUBMITTED', 'anna', 3],
    ]);
    for (const { traceId } of told) expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    const metrics = await (await fetch(`${shop.url}/metrics`)).text();
    expect(metrics).toMatch(/order_stage_seconds_count\{.*status="SUBMITTED",channel="B2C"\} 1/);
  });

  test('is created once for each idempotency key, however often and wherever it is asked for', async () => {
    const second = asking(await served.start(), 'anna');
    const modelId = await uploadedModel(shop, anna);
    const input = { idempotencyKey: 'once', quantity: 7 };
    const answers = await Promise.all([anna, second, anna, second].map((ask) => create(ask, modelId, input)));
    const again = await create(anna, modelId, input);
    expect(new Set([...answers, again].map(({ id }) => id)).size).toBe(1);
    expect(again).toMatchObject({ status: 'FILE_UPLOADED', version: 2, quantity: 7 });

    expect(await create(anna, modelId, { ...input, quantity: 8 })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    const unfit = { modelId, alloy: 'SILVER_925', finish: 'POLISHED', quantity: 1, idempotencyKey: 'on\0ce' };
    const made = await anna(
      'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }',
      {
        input: unfit,
      },
    );
    expect(made.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const carol = asking(shop, 'carol');
    const other = await create(carol, await uploadedModel(shop, carol), input);
    expect(other.id).not.toBe(again.id);
  });

  test('whose creation was refused leaves its idempotency key free', async () => {
    const input = { idempotencyKey: 'refused first' };
    expect(await create(anna, '0191d0a0-0000-7000-8000-000000000000', input)).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await create(anna, await uploadedModel(shop, anna), input)).toMatchObject({
      status: 'FILE_UPLOADED',
    });
  });

  test('waits for its file, and goes on when the bytes arrive', async () => {
    const bytes = someBytes(500);
    const { uploadUrl, model } = await announce(anna, bytes.length);
    const orders = [await create(anna, model.id), await create(anna, model.id)];
    expect(orders.map(({ status }) => status)).toEqual(['INITIATED', 'INITIATED']);
    expect(await mutate(anna, 'submitOrder', orders[0].id)).toMatchObject({ code: 'FILE_MISSING' });
    expect((await put(shop, uploadUrl, bytes)).status).toBe(201);
    for (const { id } of orders) {
      expect(await mutate(anna, 'submitOrder', id)).toMatchObject({ status: 'SUBMITTED', version: 3 });
    }
  });

  test('never misses bytes that arrive while it is being created', async () => {
    for (let round = 0; round < 10; round++) {
      const bytes = someBytes(100, round);
      const { uploadUrl, model } = await announce(anna, bytes.length);
      const [order] = await Promise.all([create(anna, model.id), put(shop, uploadUrl, bytes)]);
      const { data } = await anna('query ($id: ID!) { order(id: $id) { status } }', { id: order.id });
      expect(data!.order.status).toBe('FILE_UPLOADED');
    }
  });

  test('is submitted once, however often and from wherever at the same time', async () => {
    const second = asking(await served.start(), 'anna');
    const { id } = await create(anna, await uploadedModel(shop, anna));
    const answers = await Promise.all(
      [anna, second, anna, second].map((ask) => mutate(ask, 'submitOrder', id)),
    );
    expect(answers.map((answer) => answer.code ?? answer.status).sort()).toEqual([
      'NOT_HOLDER',
      'NOT_HOLDER',
      'NOT_HOLDER',
      'SUBMITTED',
    ]);
    expect(await mutate(anna, 'submitOrder', id)).toMatchObject({
      code: 'NOT_HOLDER',
      message: 'The order waits for its price.',
    });
    const { data } = await anna(history, { id });
    expect(data!.order.history).toHaveLength(3);
  });

  test('is submitted again after its price could not be calculated', async () => {
    const { id } = await create(anna, await uploadedModel(shop, anna));
    await mutate(anna, 'submitOrder', id);
    await served.moveElsewhere(shop, id, 'MES', 'PRICE_FAILED');
    expect(await mutate(anna, 'submitOrder', id)).toMatchObject({ status: 'SUBMITTED', version: 5 });
  });

  test('is cancelled by its customer, held and resumed by staff only', async () => {
    const seller = asking(shop, 'sergej', 'seller');
    const { id } = await create(anna, await uploadedModel(shop, anna));
    expect(await mutate(anna, 'holdOrder', id)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await mutate(seller, 'holdOrder', id)).toMatchObject({ status: 'ON_HOLD', holder: 'SHOP' });
    expect(await mutate(anna, 'submitOrder', id)).toMatchObject({ code: 'ILLEGAL_MOVE' });
    expect(await mutate(seller, 'resumeOrder', id)).toMatchObject({ status: 'FILE_UPLOADED' });
    expect(await mutate(anna, 'cancelOrder', id)).toMatchObject({ status: 'CANCELLED', version: 5 });
    expect(await mutate(anna, 'submitOrder', id)).toMatchObject({
      code: 'ILLEGAL_MOVE',
      message: 'The order is cancelled.',
    });
  });

  test('is refused with what is wrong with it', async () => {
    const model = await uploadedModel(shop, anna);
    expect(await create(anna, model, { alloy: 'TIN' })).toMatchObject({ code: 'UNKNOWN_ALLOY' });
    expect(await create(anna, model, { finish: 'PAINTED' })).toMatchObject({ code: 'UNKNOWN_FINISH' });
    for (const quantity of [0, -1, 10_001]) {
      expect(await create(anna, model, { quantity })).toMatchObject({ code: 'INVALID_QUANTITY' });
    }
    const { id: known } = await create(anna, model);
    for (const id of [uuidV7(), known.toUpperCase(), 'nonsense', "' or true --"]) {
      expect(await create(anna, id)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await mutate(anna, 'submitOrder', id)).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('is published by the next process when the last one was killed before it could', async () => {
    await using served = new ServedShop();
    await (await served.open())[Symbol.asyncDispose](); // else it would publish for the other
    const away = new Proxy(served.ports.bus, {
      get(bus, name) {
        if (name === 'publish') return () => Promise.reject(new BusError('UNAVAILABLE', 'the bus is away'));
        const member = Reflect.get(bus, name, bus);
        return typeof member === 'function' ? member.bind(bus) : member;
      },
    });
    const dying = await served.start({}, { bus: away });
    const boris = asking(dying, 'boris');
    const { id } = await create(boris, await uploadedModel(dying, boris));
    await dying[Symbol.asyncDispose]();

    const next = await served.start();
    await using moves = await served.ports.bus.subscribe([`orders.boris.${id}.*`], { from: 'oldest' });
    const seen: string[] = [];
    for await (const { messageId } of moves) if (seen.push(messageId) === 2) break;
    expect(seen).toEqual([`${id}:1`, `${id}:2`]);
    expect(await mutate(asking(next, 'boris'), 'submitOrder', id)).toMatchObject({ status: 'SUBMITTED' });
  });
});

test('a reason is short', async () => {
  const { id } = await create(anna, await uploadedModel(shop, anna));
  const cancel = (length: number) =>
    anna(`mutation { cancelOrder(id: "${id}", reason: "${'x'.repeat(length)}") { __typename } }`);
  expect((await cancel(1_001)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  expect((await cancel(1_000)).data).toEqual({ cancelOrder: { __typename: 'Order' } });
});

describe('a stranger', () => {
  test('sees and moves nothing, and cannot tell it from what is not there', async () => {
    const bob = asking(shop, 'bob');
    const partner = asking(shop, 'partner-1', 'partner');
    const nobody = asking(shop, null);
    const modelId = await uploadedModel(shop, anna);
    const { id } = await create(anna, modelId);
    const ask = `query ($id: ID!, $modelId: ID!) {
      order(id: $id) { id } orderStatus(orderId: $id) { version } model(id: $modelId) { id }
      _entities(representations: [{ __typename: "Order", id: $id }, { __typename: "Model", id: $modelId }]) { __typename }
    }`;
    for (const stranger of [bob, partner, nobody]) {
      const { data } = await stranger(ask, { id, modelId });
      expect(data).toEqual({ order: null, orderStatus: null, model: null, _entities: [null, null] });
    }
    for (const stranger of [bob, partner]) {
      const { data } = await stranger('{ orders { nodes { id } } models { nodes { id } } }');
      expect(data).toEqual({ orders: { nodes: [] }, models: { nodes: [] } });
      for (const verb of ['submitOrder', 'cancelOrder']) {
        expect(await mutate(stranger, verb, id)).toMatchObject({
          code: 'NOT_FOUND',
          message: 'There is no such order.',
        });
      }
      expect(await create(stranger, modelId)).toMatchObject({ code: 'NOT_FOUND' });
    }
    for (const verb of ['submitOrder', 'cancelOrder', 'holdOrder', 'resumeOrder']) {
      expect(await mutate(nobody, verb, id)).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect((await nobody('{ orders { nodes { id } } }')).errors?.[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    );
    const staff = await asking(shop, 'olga', 'operator')(ask, { id, modelId });
    expect(staff.data).toMatchObject({ order: { id }, model: { id: modelId } });
  });
});
