import { isRefusal } from '@alexandrite/baton/refusal';
import { until } from '@alexandrite/e2e/harness/until';
import type { PricingProgress, PricingRequest, PricingResult } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { priceDocument } from '../../test/price-document.ts';
import { openStand, type PlayedOrder, type Stand } from '../../test/stand.ts';
import { Price } from './price.ts';

let stand: Stand;

beforeEach(async () => {
  stand = await openStand();
});

afterEach(async () => {
  await stand?.[Symbol.asyncDispose]();
});

const ORDER_PRICE = `query ($id: ID!) {
  orderPrice(orderId: $id) {
    stage progress reason revision order { id status version } price { id totalMinor }
  }
}`;
let told = 0;

function requestFor(order: PlayedOrder, attempt = 1): Promise<PricingRequest> {
  return until(
    'the price is asked for',
    async () => stand.requests.filter(({ orderId }) => orderId === order.id)[attempt - 1],
  );
}

async function report(request: PricingRequest, percent: number): Promise<void> {
  const progress: PricingProgress = {
    requestId: request.id,
    orderId: request.orderId,
    progress: percent / 100,
    step: 'union',
  };
  await stand.bus.publish(subjects.pricingProgress, progress, { messageId: `progress-${++told}` });
}

async function answer(request: PricingRequest, failure?: { code: string; en: string; ru: string }) {
  const { id: requestId, orderId } = request;
  const result: PricingResult = failure
    ? {
        requestId,
        orderId,
        outcome: 'FAILED',
        code: failure.code,
        message: { en: failure.en, ru: failure.ru },
        seconds: 0.2,
      }
    : {
        requestId,
        orderId,
        outcome: 'CALCULATED',
        result: priceDocument,
        source: 'COMPUTED',
        wallMap: 'where the walls are',
        seconds: 0.2,
      };
  await stand.bus.publish(subjects.pricingResult, result, { messageId: `result-${++told}` });
}

function stagesOf(order: PlayedOrder): string[] {
  return stand.prices.filter((price) => price.order.id === order.id).map(({ stage }) => stage);
}

/** All results published so far have been handled. */
async function resultsHandled(): Promise<void> {
  await until('the results are handled', async () => {
    const { pending, inFlight } = await stand.bus.depth('PRICING_RESULTS', 'mes-pricing-results');
    return pending + inFlight === 0;
  });
}

async function statusBecomes(order: PlayedOrder, status: string): Promise<void> {
  await until(`the order is ${status}`, async () => (await order.now()).status === status);
}

test('from submitted to priced, as the engine, the customer and the graph see it', async () => {
  const order = await stand.submitted();
  const request = await requestFor(order);
  expect(request).toMatchObject({
    id: `${order.id}-3`,
    orderId: order.id,
    channel: 'B2C',
    modelSha256: order.facts.modelSha256,
    alloy: 'SILVER_925',
    quantity: 2,
  });
  expect(await stand.ask('customer customer-1', ORDER_PRICE, { id: order.id })).toEqual({
    orderPrice: {
      stage: 'QUEUED',
      progress: 0,
      reason: null,
      revision: 1,
      order: { id: order.id, status: 'SUBMITTED', version: 3 },
      price: null,
    },
  });

  await report(request, 0);
  await until('it has begun', async () => stagesOf(order).includes('CALCULATING'));
  await report(request, 40.2);
  await report(request, 40.9); // the same whole percent
  await until('40 % is announced', async () => stand.prices.some(({ progress }) => progress === 0.4));
  await report(request, 20); // late
  await answer(request);
  await statusBecomes(order, 'PRICE_CALCULATED');
  await report(request, 90); // too late
  await until('the price is announced', async () => stagesOf(order).includes('CALCULATED'));

  const announced = stand.prices.filter((price) => price.order.id === order.id);
  expect(announced.map(({ stage, progress, revision }) => [revision, stage, progress])).toEqual([
    [1, 'QUEUED', 0],
    [2, 'CALCULATING', 0],
    [3, 'CALCULATING', 0.4],
    [4, 'CALCULATED', 1],
  ]);
  expect(announced.at(-1)).toMatchObject({
    order: { id: order.id, status: 'PRICE_CALCULATED', version: 4 },
    price: { id: request.id },
    reason: null,
  });
  const { _entities } = await stand.ask(
    'customer customer-1',
    `query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on Order { id status version pricing { stage progress reason reasonCode queuePosition etaSeconds } price {
        id currency quantity unitMinor totalMinor vatMinor tariffVersion calculatedAt lines { code amountMinor }
        geometry { triangles volumeMm3 areaMm2 boundingBoxMm watertight shells minWallMm thinAreaShare wallMap wallLimitMm }
        print { heightMm layers seconds supportMm3 } metal { alloy densityGcm3 castGrams finishedGrams }
        manufacturability { code severity message }
      } }
      ... on Price { totalMinor }
    } }`,
    {
      of: [
        { __typename: 'Order', id: order.id },
        { __typename: 'Price', id: request.id },
      ],
    },
  );
  expect(_entities[0]).toMatchObject({
    status: 'PRICE_CALCULATED',
    version: 4,
    pricing: {
      stage: 'CALCULATED',
      progress: 1,
      reason: null,
      reasonCode: null,
      queuePosition: null,
      etaSeconds: null,
    },
    price: {
      quantity: 2,
      unitMinor: 183_000,
      totalMinor: 366_000,
      geometry: { triangles: 1_000, wallMap: 'where the walls are', wallLimitMm: null },
    },
  });
  expect(_entities[1]).toEqual({ totalMinor: 366_000 });
  expect(await stand.metrics.text()).toMatch(
    /mes_pricing_seconds_count\{.*channel="B2C",outcome="CALCULATED".*\} 1/,
  );
  expect(stand.complaints()).toEqual([]);
});

test('an estimate stands for the price until it comes, and is not the order’s', async () => {
  const order = await stand.submitted();
  const request = await requestFor(order);
  const estimate = { result: priceDocument, lowestMinor: 300_000, highestMinor: 400_000 };
  const progress: PricingProgress = {
    requestId: request.id,
    orderId: request.orderId,
    progress: 0.15,
    step: 'welding',
    estimate,
  };
  await stand.bus.publish(subjects.pricingProgress, progress, { messageId: `progress-${++told}` });
  // several are handled at a time: what comes right behind may overtake
  await until('the estimate is announced', async () => stagesOf(order).includes('ESTIMATED'));
  await report(request, 40);
  await until('40 % is announced', async () => stand.prices.some(({ progress }) => progress === 0.4));
  const ESTIMATE = `query ($id: ID!, $of: [_Any!]!) {
    orderPrice(orderId: $id) { stage price { id totalMinor estimate { lowestMinor highestMinor } geometry { wallMap } } }
    _entities(representations: $of) { ... on Order { price { id } pricing { stage } } }
  }`;
  const variables = { id: order.id, of: [{ __typename: 'Order', id: order.id }] };
  expect(await stand.ask('customer customer-1', ESTIMATE, variables)).toEqual({
    orderPrice: {
      stage: 'ESTIMATED',
      price: {
        id: `${request.id}-estimate`,
        totalMinor: 366_000,
        estimate: { lowestMinor: 300_000, highestMinor: 400_000 },
        geometry: { wallMap: null },
      },
    },
    _entities: [{ price: null, pricing: { stage: 'ESTIMATED' } }],
  });

  await answer(request);
  await statusBecomes(order, 'PRICE_CALCULATED');
  const { orderPrice, _entities } = await stand.ask('customer customer-1', ESTIMATE, variables);
  expect(orderPrice).toMatchObject({ stage: 'CALCULATED', price: { id: request.id, estimate: null } });
  expect(_entities[0].price.id).toBe(request.id);
  await until('the price is announced', async () => stagesOf(order).includes('CALCULATED'));
  const announced = stand.prices.filter((price) => price.order.id === order.id);
  expect(announced.map(({ stage, price }) => [stage, price?.id ?? null])).toEqual([
    ['QUEUED', null],
    ['ESTIMATED', `${request.id}-estimate`],
    ['ESTIMATED', `${request.id}-estimate`],
    ['CALCULATED', request.id],
  ]);
  const kept = await stand.mes.database.em().find(Price, { orderId: order.id });
  expect(kept.map(({ id }) => id)).toEqual([request.id]);
  expect(stand.complaints()).toEqual([]);
});

test('a failure is told in the customer’s words, and the next submission is another attempt', async () => {
  const order = await stand.submitted();
  const first = await requestFor(order);
  await answer(first, {
    code: 'NO_TRIANGLES',
    en: 'The file holds no shape.',
    ru: 'В файле нет формы.',
  });
  await statusBecomes(order, 'PRICE_FAILED');
  const failed = await stand.ask('customer customer-1', ORDER_PRICE, { id: order.id });
  expect(failed.orderPrice).toMatchObject({
    stage: 'FAILED',
    reason: 'The file holds no shape.',
    revision: 2,
  });
  const inBoth = await stand.ask(
    'customer customer-1',
    `query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on Order { pricing { reasonCode reason inRussian: reason(language: RU) } }
    } }`,
    { of: [{ __typename: 'Order', id: order.id }] },
  );
  expect(inBoth._entities[0].pricing).toEqual({
    reasonCode: 'NO_TRIANGLES',
    reason: 'The file holds no shape.',
    inRussian: 'В файле нет формы.',
  });

  await order.move('SHOP', 'SUBMITTED');
  const second = await requestFor(order, 2);
  expect(second.id).not.toBe(first.id);
  await answer(first); // an engine that was slow with the first attempt
  await resultsHandled();
  expect(await order.now()).toEqual({ status: 'SUBMITTED', version: 5 });
  await answer(second);
  await statusBecomes(order, 'PRICE_CALCULATED');
  await until('it is announced', async () => stagesOf(order).length === 4);
  expect(stagesOf(order)).toEqual(['QUEUED', 'FAILED', 'QUEUED', 'CALCULATED']);
  expect(await stand.mes.database.em().count(Price, { orderId: order.id })).toBe(1);
});

test('a result told many times at once moves the order once', async () => {
  const order = await stand.submitted();
  const request = await requestFor(order);
  await Promise.all(Array.from({ length: 10 }, () => answer(request)));
  await statusBecomes(order, 'PRICE_CALCULATED');
  await resultsHandled();
  expect(await order.now()).toEqual({ status: 'PRICE_CALCULATED', version: 4 });
  await until('the price is announced', async () => stagesOf(order).length === 2);
  expect(stagesOf(order)).toEqual(['QUEUED', 'CALCULATED']);
  expect(await stand.mes.database.em().count(Price)).toBe(1);
});

test.each(['CALCULATED', 'FAILED'] as const)(
  'an order on hold keeps its result (%s) and moves when it is resumed',
  async (stage) => {
    const order = await stand.submitted();
    const request = await requestFor(order);
    await stand.mes.baton.request('HOLD', order.id, { by: 'admin-1', reason: null });
    const failure = { code: 'TOO_BIG', en: 'Too big.', ru: 'Слишком большая.' };
    await answer(request, stage === 'FAILED' ? failure : undefined);
    await until('the result is announced', async () => stagesOf(order).includes(stage));
    expect(await order.now()).toEqual({ status: 'ON_HOLD', version: 4 });

    await stand.mes.baton.request('RESUME', order.id, { by: 'admin-1', reason: null });
    await statusBecomes(order, stage === 'FAILED' ? 'PRICE_FAILED' : 'PRICE_CALCULATED');
    expect(await order.now()).toMatchObject({ version: 6 });
    expect(stand.requests).toHaveLength(1);
    await until('subscribers hear of the move', async () => stagesOf(order).length === 3);
    expect(stand.prices.at(-1)).toMatchObject({ stage, order: { version: 6 }, revision: 3 });
  },
);

test('an order held and resumed before its price goes on waiting for the same one', async () => {
  const order = await stand.submitted();
  const request = await requestFor(order);
  await stand.mes.baton.request('HOLD', order.id, { by: 'admin-1', reason: null });
  await stand.mes.baton.request('RESUME', order.id, { by: 'admin-1', reason: null });
  await answer(request);
  await statusBecomes(order, 'PRICE_CALCULATED');
  expect(stand.requests).toHaveLength(1);
});

test('a cancelled order waits no longer; its price is kept, and changes nothing', async () => {
  const order = await stand.submitted();
  const request = await requestFor(order);
  const cancelled = await stand.mes.baton.request('CANCEL', order.id, {
    by: 'customer-1',
    reason: 'changed',
  });
  expect(isRefusal(cancelled)).toBe(false);
  await until('subscribers are told', async () => stagesOf(order).includes('FAILED'));
  expect(stand.prices.at(-1)?.reason).toBe('The order was cancelled before its price was ready.');
  await answer(request);
  await answer(request);
  await resultsHandled();
  expect(await order.now()).toEqual({ status: 'CANCELLED', version: 4 });
  expect(await stand.mes.database.em().count(Price)).toBe(1);
  expect((await stand.ask('customer customer-1', ORDER_PRICE, { id: order.id })).orderPrice).toMatchObject({
    stage: 'FAILED',
    price: null,
    revision: 2,
  });
});

test('a place in the queue is that among the orders of the channel, and how long it takes is told by the last ones', async () => {
  const orders: PlayedOrder[] = [];
  for (const channel of ['B2C', 'B2B', 'B2C', 'B2C'] as const)
    orders.push(await stand.submitted({ channel }));
  const ask = async () => {
    const { _entities } = await stand.ask(
      'seller s',
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { pricing { queuePosition etaSeconds } } } }',
      { of: orders.map(({ id }) => ({ __typename: 'Order', id })) },
    );
    return _entities.map(
      ({ pricing }: { pricing: { queuePosition: number | null; etaSeconds: number | null } }) =>
        [pricing.queuePosition, pricing.etaSeconds] as const,
    );
  };
  const unknown = (...places: (number | null)[]) => places.map((place) => [place, null]);
  expect(await ask()).toEqual(unknown(1, 1, 2, 3));
  await report(await requestFor(orders[0]!), 1);
  await until('the first is being calculated', async () => stagesOf(orders[0]!).includes('CALCULATING'));
  expect(await ask()).toEqual(unknown(null, 1, 1, 2));
  await answer(await requestFor(orders[0]!));
  await statusBecomes(orders[0]!, 'PRICE_CALCULATED');
  await stand.mes.database
    .em()
    .execute(
      `update pricings set started_at = finished_at - interval '10 seconds' where stage = 'CALCULATED'`,
    );
  expect(await ask()).toEqual([
    [null, null],
    [1, 20],
    [1, 20],
    [2, 30],
  ]);
});

test('before it is submitted there is nothing to say, and nobody else hears anything at all', async () => {
  const order = await stand.submitted();
  await answer(await requestFor(order));
  await statusBecomes(order, 'PRICE_CALCULATED');
  const fresh = await stand.submitted({ accountId: 'partner-1', channel: 'B2B' });
  await stand.mes.database.em().execute('delete from pricings where order_id = ?', [fresh.id]);
  expect(await stand.ask('partner partner-1', ORDER_PRICE, { id: fresh.id })).toMatchObject({
    orderPrice: { stage: 'NOT_SUBMITTED', progress: 0, revision: 0, price: null },
  });

  const everything = `query ($id: ID!, $of: [_Any!]!) {
    orderPrice(orderId: $id) { stage } workQueue { nodes { id } } dashboard { atRisk }
    _entities(representations: $of) { __typename }
  }`;
  const of = [
    { __typename: 'Order', id: order.id },
    { __typename: 'Price', id: `${order.id}-3` },
    { __typename: 'WorkOrder', id: order.id },
    { __typename: 'Operator', id: 'operator-1' },
    { __typename: 'Dashboard', id: 'main' },
  ];
  for (const stranger of ['customer customer-2', 'partner partner-1', null] as const) {
    const answered = await stand.ask(stranger, everything, { id: order.id, of });
    expect(answered).toEqual({
      orderPrice: null,
      workQueue: null,
      dashboard: null,
      _entities: [null, null, null, null, null],
    });
  }
  for (const id of ['no-uuid', crypto.randomUUID()]) {
    expect(await stand.ask('admin a', ORDER_PRICE, { id })).toEqual({ orderPrice: null });
  }
});

test('fifty orders with their prices cost as many statements as one', async () => {
  const orders = await Promise.all(Array.from({ length: 50 }, () => stand.submitted()));
  await Promise.all(orders.slice(0, 25).map(async (order) => answer(await requestFor(order))));
  await until('half of them are priced', async () => {
    const statuses = await Promise.all(orders.slice(0, 25).map((order) => order.now()));
    return statuses.every(({ status }) => status === 'PRICE_CALCULATED');
  });
  const ask = (of: PlayedOrder[]) =>
    stand.ask(
      'customer customer-1',
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order {
        status pricing { stage queuePosition } price { totalMinor lines { code } } operator { name }
      } } }`,
      { of: of.map(({ id }) => ({ __typename: 'Order', id })) },
    );
  // orders, pricings, prices, work orders, places
  expect(await stand.cost(() => ask(orders))).toBe(5);
});

test('an order that is cancelled after its approval releases its operator and voids its price', async () => {
  const order = await stand.submitted();
  await answer(await requestFor(order));
  await statusBecomes(order, 'PRICE_CALCULATED');
  await order.move('CRM', 'MANUFACTURING_APPROVED', { by: 'seller-1' });
  const TAKE = 'mutation ($id: ID!) { takeOrder(id: $id) { ... on Order { status } } }';
  expect(await stand.ask('operator operator-1', TAKE, { id: order.id })).toMatchObject({
    takeOrder: { status: 'MANUFACTURING_STARTED' },
  });
  const request = {
    id: 'cancel',
    orderId: order.id,
    kind: 'CANCEL',
    by: 'seller-1',
    reason: 'no silver',
    at: '',
  };
  await stand.bus.publish(subjects.orderRequest('MES'), request, { messageId: `cancel-${order.id}` });
  await statusBecomes(order, 'CANCELLED');
  const STATE = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order {
    status operator { id } price { totalMinor voidedAt } workOrder { status operator { id } } } } }`;
  const { _entities } = await stand.ask('seller seller-1', STATE, {
    of: [{ __typename: 'Order', id: order.id }],
  });
  expect(_entities).toEqual([
    {
      status: 'CANCELLED',
      operator: null,
      price: { totalMinor: 366_000, voidedAt: expect.any(String) },
      workOrder: { status: 'CANCELLED', operator: null },
    },
  ]);
});
