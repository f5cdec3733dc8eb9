import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ServedCrm, serveCrm } from '../../test/served-crm.ts';

const MOVE = (field: string, args = '') => `mutation ($id: ID!) {
  ${field}(id: $id${args}) {
    ... on Order {
      id status version
      approval { priceAcceptedAt priceAcceptedBy priceRejectedAt priceRejectedReason approvedAt approvedBy closedAt }
    }
    ... on Refusal { code message }
  }
}`;
const acceptPrice = MOVE('acceptPrice');
const approveOrder = MOVE('approveOrder');
const closeOrder = MOVE('closeOrder');

let crm: ServedCrm;

beforeAll(async () => {
  crm = await serveCrm();
});

afterAll(() => crm?.[Symbol.asyncDispose]());

describe('the decision on a price', () => {
  test('goes from accepted to approved to closed, and each answer shows what it made', async () => {
    const order = await crm.order('customer-1');
    const { id } = order;
    // sent right behind the announcement of the price: the CRM may not have heard of the order yet
    const accepted = (await crm.ask('customer:customer-1', acceptPrice, { id })).acceptPrice;
    expect(accepted).toMatchObject({ status: 'PRICE_CALCULATED', version: 4 });
    expect(accepted.approval).toMatchObject({ priceAcceptedBy: 'customer-1', approvedAt: null });

    const approved = (await crm.ask('seller:seller-1', approveOrder, { id })).approveOrder;
    expect(approved).toMatchObject({ status: 'MANUFACTURING_APPROVED', version: 5 });
    expect(approved.approval).toMatchObject({ approvedBy: 'seller-1' });

    crm.heard(order, 'MANUFACTURING_APPROVED');
    for (const status of [
      'MANUFACTURING_STARTED',
      'MANUFACTURING_COMPLETED',
      'PACKAGING',
      'SHIPPED',
    ] as const) {
      await crm.moveElsewhere(order, status, 'operator-1');
    }
    const closed = (await crm.ask('admin:admin-1', closeOrder, { id })).closeOrder;
    expect(closed).toMatchObject({ status: 'CLOSED', version: 10 });
    expect(closed.approval.closedAt).not.toBeNull();
    expect(closed.approval).toMatchObject({ approvedBy: 'seller-1', priceAcceptedBy: 'customer-1' });
  });

  test('is announced once to everybody', async () => {
    await using moves = await crm.bus.subscribe(['orders.*.*.MANUFACTURING_APPROVED']);
    const { id } = await crm.order('partner-1');
    await crm.ask('partner:partner-1', acceptPrice, { id });
    const both = await Promise.all([
      crm.ask('seller:seller-1', approveOrder, { id }),
      crm.ask('seller:seller-2', approveOrder, { id }),
    ]);
    const [won] = both.map(({ approveOrder }) => approveOrder).filter(({ status }) => status);
    const [lost] = both.map(({ approveOrder }) => approveOrder).filter(({ code }) => code);
    expect(lost.code).toBe('NOT_HOLDER');
    for await (const { payload, messageId } of moves) {
      expect(payload).toMatchObject({
        order: { id, status: 'MANUFACTURING_APPROVED', version: 5 },
        by: won.approval.approvedBy,
        system: 'CRM',
        holder: 'MES',
      });
      expect(messageId).toBe(`${id}:5`);
      break;
    }
  });

  test('a price is accepted once; saying it again is harmless, even when the order has gone on', async () => {
    const { id } = await crm.order('customer-1');
    const [one, two] = await Promise.all([
      crm.ask('customer:customer-1', acceptPrice, { id }),
      crm.ask('customer:customer-1', acceptPrice, { id }),
    ]);
    expect(one.acceptPrice.approval.priceAcceptedAt).toBe(two.acceptPrice.approval.priceAcceptedAt);
    await crm.ask('seller:seller-1', approveOrder, { id });
    const late = (await crm.ask('customer:customer-1', acceptPrice, { id })).acceptPrice;
    expect(late).toMatchObject({ status: 'MANUFACTURING_APPROVED', version: 5 });
    expect(late.approval.priceAcceptedAt).toBe(one.acceptPrice.approval.priceAcceptedAt);
  });

  test('an accepted price is told to sellers and administrators at once, and once', async () => {
    const told: { subject: string; payload: unknown }[] = [];
    await using accepted = await crm.bus.subscribe(['accepted.>']);
    const { id } = await crm.order('customer-1');
    for (let i = 0; i < 2; i++) await crm.ask('customer:customer-1', acceptPrice, { id });
    for await (const { subject, payload } of accepted) {
      told.push({ subject, payload });
      if (told.length === 2) break;
    }
    const payload = {
      order: { id, status: 'PRICE_CALCULATED', version: 4 },
      by: 'customer-1',
      at: expect.any(String),
    };
    expect(told).toEqual([
      { subject: `accepted.seller.${id}`, payload },
      { subject: `accepted.admin.${id}`, payload },
    ]);
  });

  test('a rejected price stays rejected, with its reason', async () => {
    const { id } = await crm.order('customer-1');
    const reject = MOVE('rejectPrice', ', reason: "too dear"');
    const endless = MOVE('rejectPrice', `, reason: "${'x'.repeat(1_001)}"`);
    const tooLong = await crm.send('customer:customer-1', endless, { id });
    expect(tooLong.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    const rejected = (await crm.ask('customer:customer-1', reject, { id })).rejectPrice;
    expect(rejected).toMatchObject({ status: 'PRICE_REJECTED', version: 5 });
    expect(rejected.approval).toMatchObject({ priceRejectedReason: 'too dear', priceAcceptedAt: null });
    expect((await crm.ask('customer:customer-1', MOVE('rejectPrice'), { id })).rejectPrice).toMatchObject({
      version: 5,
      approval: { priceRejectedReason: 'too dear' },
    });
    expect((await crm.ask('customer:customer-1', acceptPrice, { id })).acceptPrice.code).toBe(
      'PRICE_ALREADY_REJECTED',
    );
    expect((await crm.ask('seller:seller-1', approveOrder, { id })).approveOrder.code).toBe('ILLEGAL_MOVE');
  });

  test('refusals name what is missing', async () => {
    const { id } = await crm.order('customer-1');
    expect((await crm.ask('seller:seller-1', approveOrder, { id })).approveOrder).toEqual({
      code: 'PRICE_NOT_ACCEPTED',
      message: 'The customer has not accepted the price yet.',
    });
    expect((await crm.ask('seller:seller-1', closeOrder, { id })).closeOrder.code).toBe('ILLEGAL_MOVE');
    await crm.ask('customer:customer-1', acceptPrice, { id });
    const reject = await crm.ask('customer:customer-1', MOVE('rejectPrice'), { id });
    expect(reject.rejectPrice.code).toBe('PRICE_ALREADY_ACCEPTED');

    const early = await crm.order('customer-1', 'SUBMITTED');
    expect((await crm.ask('customer:customer-1', acceptPrice, { id: early.id })).acceptPrice).toEqual({
      code: 'NOT_HOLDER',
      message: 'The order waits for its price.',
    });
  });
});

describe('whoever is not concerned', () => {
  test('learns nothing about an order, not even that it is there', async () => {
    const { id } = await crm.order('customer-1');
    const unknown = randomUUID();
    for (const [who, mutation, code] of [
      ['customer:customer-2', acceptPrice, 'NOT_FOUND'],
      ['partner:partner-1', MOVE('rejectPrice'), 'NOT_FOUND'],
      ['customer:customer-2', approveOrder, 'FORBIDDEN'],
      ['customer:customer-1', closeOrder, 'FORBIDDEN'],
      ['operator:operator-1', approveOrder, 'FORBIDDEN'],
      ['seller:seller-1', acceptPrice, 'FORBIDDEN'],
      ['admin:admin-1', MOVE('rejectPrice'), 'FORBIDDEN'],
      [null, acceptPrice, 'UNAUTHENTICATED'],
      [null, approveOrder, 'UNAUTHENTICATED'],
    ] as const) {
      const foreign = await crm.ask(who, mutation, { id });
      expect(Object.values<{ code: string }>(foreign)[0]?.code).toBe(code);
      for (const absent of [unknown, 'no id at all']) {
        expect(await crm.ask(who, mutation, { id: absent })).toEqual(foreign);
      }
    }
  });

  test('gets no queue and no reference', async () => {
    const { id } = await crm.order('customer-1');
    const entity = `query ($id: ID!) {
      approvalQueue { nodes { order { id } } }
      _entities(representations: [{ __typename: "Order", id: $id }]) { ... on Order { status approval { approvedAt } } }
    }`;
    const nothing = { approvalQueue: null, _entities: [null] };
    expect(await crm.ask('customer:customer-2', entity, { id })).toEqual(nothing);
    expect(await crm.ask(null, entity, { id })).toEqual(nothing);
    expect(await crm.ask('customer:customer-1', entity, { id })).toEqual({
      approvalQueue: null,
      _entities: [{ status: 'PRICE_CALCULATED', approval: { approvedAt: null } }],
    });
    expect((await crm.ask('operator:operator-1', entity, { id })).approvalQueue).toBeNull();
  });
});

test('the sellers’ queue holds what waits, accepted first, page by page', async () => {
  const QUEUE = `query ($after: String) {
    approvalQueue(first: 2, after: $after) {
      nodes { order { id status } priceAcceptedAt }
      edges { cursor }
      pageInfo { hasNextPage endCursor }
    }
  }`;
  const accepted = await crm.order('customer-3');
  await crm.ask('customer:customer-3', acceptPrice, { id: accepted.id });
  const seen: { order: { id: string; status: string }; priceAcceptedAt: string | null }[] = [];
  let after: string | null = null;
  do {
    const { approvalQueue } = await crm.ask('seller:seller-1', QUEUE, { after });
    expect(approvalQueue.edges.at(-1).cursor).toBe(approvalQueue.pageInfo.endCursor);
    seen.push(...approvalQueue.nodes);
    after = approvalQueue.pageInfo.hasNextPage ? approvalQueue.pageInfo.endCursor : null;
  } while (after);
  expect(seen.map(({ order }) => order.id)).toContain(accepted.id);
  expect(new Set(seen.map(({ order }) => order.status))).toEqual(new Set(['PRICE_CALCULATED']));
  const lastAccepted = seen.findLastIndex(({ priceAcceptedAt }) => priceAcceptedAt !== null);
  const firstOpen = seen.findIndex(({ priceAcceptedAt }) => priceAcceptedAt === null);
  expect(firstOpen === -1 || lastAccepted < firstOpen).toBe(true);

  const tooMany = await crm.send('seller:seller-1', '{ approvalQueue(first: 101) { nodes { closedAt } } }');
  expect(tooMany.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});

test('the metrics say how many prices wait', async () => {
  const { id } = await crm.order('customer-2');
  await crm.ask('customer:customer-2', acceptPrice, { id });
  const text = await (await fetch(`${crm.url}/metrics`)).text();
  const figure = (name: string) =>
    Number(new RegExp(`^${name}\\{.*accepted="true".*\\} (.*)$`, 'm').exec(text)?.[1]);
  expect(figure('crm_approvals_waiting')).toBeGreaterThanOrEqual(1);
  expect(figure('crm_approvals_oldest_seconds')).toBeGreaterThan(0);
  expect(text).toMatch(/order_moves_total\{.*to="MANUFACTURING_APPROVED".*system="CRM"/);
  expect((await fetch(`${crm.url}/health/ready`)).status).toBe(200);
});
