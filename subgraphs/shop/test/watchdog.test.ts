import { until } from '@alexandrite/e2e/harness/until';
import type { Answer, OrderView, Question, Wait } from '@alexandrite/schema/questions';
import { subjects } from '@alexandrite/schema/subjects';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ShopService } from '../src/build.ts';
import { type Ask, asking, create, mutate, ServedShop, uploadedModel } from './served-shop.ts';

const served = new ServedShop();
let shop: ShopService;
let alice: Ask;
let operator: Ask;
let admin: Ask;
/** What the MES is asked, and how it sees the one order; null does not know it. */
const asked: Question['asked'][] = [];
let seen: Omit<OrderView, 'id'> | null = null;
const told: unknown[] = [];

beforeAll(async () => {
  shop = await served.open();
  alice = asking(shop, 'alice');
  operator = asking(shop, 'operator-1', 'operator');
  admin = asking(shop, 'admin-1', 'admin');
  const { bus } = served.ports;
  const options = { stream: 'QUESTIONS', concurrency: 1, maxDeliveries: 1, backoffMs: [] };
  await bus.consume(
    { ...options, durable: 'mes-questions', filter: 'questions.mes' },
    async ({ payload }) => {
      const { id: questionId, asker, asked: what } = payload as Question;
      asked.push(what);
      const views = what.kind === 'VIEWS' && seen ? what.orderIds.map((id) => ({ id, ...seen! })) : [];
      const answer: Answer = { questionId, system: 'MES', views, done: ['PRICE_REQUESTED_AGAIN'] };
      await bus.publish(subjects.answer(asker), answer, { messageId: `a-${questionId}` });
    },
  );
  await bus.consume({ ...options, stream: 'DASHBOARD', durable: 'test' }, async ({ payload }) => {
    told.push(payload);
  });
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

const fields = `status limitSeconds overSeconds retries lastAction order { id }
  waitingFor { hop reason system who since }`;

async function stuck(ask: Ask, args = '') {
  const { data } = await ask(
    `{ stuckOrders${args} { totalCount nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
  );
  return data!.stuckOrders;
}

async function submitted(): Promise<string> {
  const { id } = await create(alice, await uploadedModel(shop, alice));
  expect(await mutate(alice, 'submitOrder', id)).toMatchObject({ status: 'SUBMITTED' });
  return id;
}

function waits(wait: Pick<Wait, 'reason'> & Partial<Wait>): Omit<OrderView, 'id'> {
  const since = new Date().toISOString();
  return {
    status: 'SUBMITTED',
    version: 3,
    holder: 'MES',
    unsent: null,
    wait: { since, who: null, ...wait },
  };
}

const waitsFor = (id: string, reason: string) =>
  until(`the order waits for ${reason}`, async () => {
    const { nodes } = await stuck(operator);
    return nodes.find(
      (one: { order: { id: string }; waitingFor: { reason: string } }) =>
        one.order.id === id && one.waitingFor.reason === reason,
    );
  });

describe('the watchdog', () => {
  test('is silent while nothing stands still, and speaks to those on duty only', async () => {
    expect(await stuck(operator)).toMatchObject({ totalCount: 0, nodes: [] });
    for (const ask of [alice, asking(shop, 'seller-1', 'seller'), asking(shop, null)]) {
      const { data } = await ask('{ stuckOrders { totalCount } statusLimits { seconds } }');
      expect(data).toEqual({ stuckOrders: null, statusLimits: null });
    }
  });

  test('finds what is over its limit within seconds, says for what it waits, and forgets it when it moves', async () => {
    const limits = await admin(
      'mutation { setStatusLimit(status: SUBMITTED, channel: B2C, seconds: 1) { status channel seconds changedBy } }',
    );
    expect(limits.data!.setStatusLimit).toContainEqual(
      expect.objectContaining({ status: 'SUBMITTED', channel: 'B2C', seconds: 1, changedBy: 'admin-1' }),
    );
    const id = await submitted();
    const behind = await waitsFor(id, 'PROJECTION_BEHIND');
    expect(behind).toMatchObject({
      ...{ status: 'SUBMITTED', limitSeconds: 1 },
      waitingFor: { hop: 'NOT_CONSUMED', system: 'MES', who: null },
    });
    expect(told).toContainEqual({ id: 'main' });
    // seen twice, so that it is not on its way: what the shop has written is said again
    await until('the moves are said again', async () => (await stuck(operator)).nodes[0].lastAction);
    const published = await shop.database.em().execute('select count(*)::int as n from written_moves');
    expect(published).toEqual([{ n: 3 }]);

    seen = waits({ reason: 'PRICING_QUEUED' });
    expect(await waitsFor(id, 'PRICING_QUEUED')).toMatchObject({ waitingFor: { hop: 'NOT_ANSWERED' } });
    const own = await operator(`{ order(id: "${id}") { waitingFor { reason system } } }`);
    expect(own.data!.order.waitingFor).toEqual({ reason: 'PRICING_QUEUED', system: 'MES' });
    expect(
      (await alice(`{ order(id: "${id}") { waitingFor { reason } } }`)).data!.order.waitingFor,
    ).toBeNull();

    await served.moveElsewhere(shop, id, 'MES', 'PRICE_CALCULATED');
    await until('it stands still no more', async () => (await stuck(operator)).totalCount === 0);
  }, 60_000);

  test('asks again for a price that got lost, and measures what it does', async () => {
    seen = waits({ reason: 'PRICING_LOST' });
    const id = await submitted();
    await until('the price is asked for again', async () => {
      const { nodes } = await stuck(operator);
      return nodes[0]?.lastAction === 'PRICE_REQUESTED_AGAIN' && nodes[0].retries === 1;
    });
    expect(asked).toContainEqual({ kind: 'RETRY', orderId: id });
    const metrics = await (await fetch(`${shop.url}/metrics`)).text();
    expect(metrics).toMatch(
      /watchdog_stuck_orders\{hop="NOT_ANSWERED",reason="PRICING_LOST",system="MES",.*\} 1/,
    );
    expect(metrics).toMatch(/watchdog_retries_total\{action="PRICE_REQUESTED_AGAIN",.*\} 1/);
    expect(metrics).toMatch(/watchdog_delay_seconds_bucket\{le="10",.*\} 2/);
  }, 60_000);

  test('gives pages, longest first', async () => {
    seen = waits({ reason: 'PRICING_IN_PROGRESS' });
    const second = await submitted();
    await waitsFor(second, 'PRICING_IN_PROGRESS');
    const first = await stuck(operator, '(first: 1)');
    expect(first).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
    const next = await stuck(operator, `(first: 1, after: "${first.pageInfo.endCursor}")`);
    expect(next.nodes.map((one: { order: { id: string } }) => one.order.id)).toEqual([second]);
    expect((await stuck(operator, '(hop: PERSON)')).nodes).toEqual([]);
    const dashboard = await operator(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Dashboard { stuckOrders } } }',
      { of: [{ __typename: 'Dashboard', id: 'main' }] },
    );
    expect(dashboard.data!._entities).toEqual([{ stuckOrders: 2 }]);
  }, 60_000);

  test('lets only administrators set limits that make sense', async () => {
    const set = (ask: Ask, args: string) =>
      ask(`mutation { setStatusLimit(${args}) { seconds } }`).then(
        ({ errors }) => errors?.[0]?.extensions.code,
      );
    expect(await set(operator, 'status: SUBMITTED, channel: B2C, seconds: 5')).toBe('FORBIDDEN');
    expect(await set(admin, 'status: CLOSED, channel: B2C, seconds: 5')).toBe('BAD_USER_INPUT');
    expect(await set(admin, 'status: SUBMITTED, channel: B2C, seconds: 0')).toBe('BAD_USER_INPUT');
    expect(await set(admin, 'status: SUBMITTED, channel: B2C')).toBeUndefined();
    await until('nothing is over a limit any more', async () => (await stuck(operator)).totalCount === 0);
  }, 60_000);
});
