import { until } from '@alexandrite/e2e/harness/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openStand, type PlayedOrder, type Stand, type Who } from '../../test/stand.ts';

let stand: Stand;

beforeEach(async () => {
  stand = await openStand();
});

afterEach(async () => {
  await stand?.[Symbol.asyncDispose]();
});

const RESULT = `{ ... on Order { id status version operator { id name } workOrder {
    status takenAt completedAt packedAt shippedAt trackingNumber operator { id }
  } } ... on Refusal { code message } }`;

async function work(who: Who, verb: string, id: string, more = '') {
  const answer = await stand.ask(who, `mutation ($id: ID!) { ${verb}(id: $id ${more}) ${RESULT} }`, { id });
  return answer[verb];
}

async function queue(more = '', who: Who = 'operator operator-1'): Promise<string[]> {
  const { workQueue } = await stand.ask(who, `{ workQueue${more} { nodes { id } } }`);
  return workQueue.nodes.map(({ id }: { id: string }) => id);
}

test('an operator takes, makes, packs and ships', async () => {
  const { id } = await stand.approved();
  const me = 'operator operator-1';
  const taken = await work(me, 'takeOrder', id);
  expect(taken).toMatchObject({
    id,
    status: 'MANUFACTURING_STARTED',
    version: 6,
    operator: { id: 'operator-1', name: 'operator-1' },
    workOrder: { status: 'MANUFACTURING_STARTED', takenAt: expect.any(String), completedAt: null },
  });
  expect(await work(me, 'packOrder', id)).toEqual({
    code: 'ILLEGAL_MOVE',
    message: 'An order that is MANUFACTURING_STARTED cannot be packed.',
  });
  expect(await work(me, 'completeOrder', id)).toMatchObject({
    status: 'MANUFACTURING_COMPLETED',
    version: 7,
  });
  expect(await work(me, 'packOrder', id)).toMatchObject({ status: 'PACKAGING', version: 8 });
  expect(await work(me, 'shipOrder', id, ', trackingNumber: "?"')).toMatchObject({
    code: 'INVALID_TRACKING_NUMBER',
  });
  expect(await work(me, 'shipOrder', id, ', trackingNumber: " ru 123456789 "')).toMatchObject({
    status: 'SHIPPED',
    version: 9,
    workOrder: {
      trackingNumber: 'RU 123456789',
      shippedAt: expect.any(String),
      operator: { id: 'operator-1' },
    },
  });
  const { _entities } = await stand.ask(
    'customer customer-1',
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { trackingNumber workOrder { status } } } }',
    { of: [{ __typename: 'Order', id }] },
  );
  expect(_entities).toEqual([{ trackingNumber: 'RU 123456789', workOrder: null }]);
  expect(await work(me, 'shipOrder', id, ', trackingNumber: "RU123456789"')).toMatchObject({
    code: 'NOT_HOLDER',
  });
  expect(stand.complaints()).toEqual([]);
});

test('fifty operators reach for one order: exactly one gets it', async () => {
  const { id } = await stand.approved();
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, n) => work(`operator op-${n}`, 'takeOrder', id)),
  );
  const winners = results.filter(({ status }) => status !== undefined);
  expect(winners).toHaveLength(1);
  expect(winners[0]).toMatchObject({ status: 'MANUFACTURING_STARTED', version: 6 });
  expect(results.filter(({ code }) => code === 'ALREADY_TAKEN')).toHaveLength(49);
  const { operator } = (
    await stand.ask(
      'customer customer-1',
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { operator { id } workOrder { id } } } }',
      { of: [{ __typename: 'Order', id }] },
    )
  )._entities[0];
  expect(operator).toEqual({ id: winners[0].operator.id });
});

test('only those who work there, and on taken orders only who has them', async () => {
  const { id } = await stand.approved();
  for (const who of ['customer customer-1', 'partner partner-1', 'seller seller-1', null] as const) {
    for (const verb of ['takeOrder', 'releaseOrder', 'completeOrder', 'packOrder', 'reworkOrder']) {
      expect(await work(who, verb, id)).toMatchObject({
        code: who === null ? 'UNAUTHENTICATED' : 'FORBIDDEN',
      });
    }
  }
  expect(await work('operator a', 'takeOrder', crypto.randomUUID())).toMatchObject({ code: 'NOT_FOUND' });
  expect(await work('operator a', 'takeOrder', 'x')).toMatchObject({ code: 'NOT_FOUND' });

  await work('operator a', 'takeOrder', id);
  expect(await work('operator a', 'takeOrder', id)).toMatchObject({ code: 'ALREADY_TAKEN' });
  for (const verb of ['releaseOrder', 'completeOrder']) {
    expect(await work('operator b', verb, id)).toMatchObject({ code: 'NOT_YOURS' });
  }
  expect(await work('operator a', 'releaseOrder', id)).toMatchObject({
    status: 'MANUFACTURING_APPROVED',
    operator: null,
    workOrder: { takenAt: null },
  });
  expect(await work('operator b', 'takeOrder', id)).toMatchObject({ operator: { id: 'b' } });
  expect(await work('admin boss', 'completeOrder', id)).toMatchObject({ operator: { id: 'b' } });
});

test('a piece that is not good enough is made again, by whoever takes it', async () => {
  const { id } = await stand.approved();
  await work('operator a', 'takeOrder', id);
  await work('operator a', 'completeOrder', id);
  expect(await work('operator b', 'reworkOrder', id, ', reason: "A scratch."')).toMatchObject({
    status: 'REWORK',
    operator: null,
    workOrder: { completedAt: null },
  });
  expect(await queue('(status: REWORK)')).toEqual([id]);
  expect(await work('operator b', 'takeOrder', id)).toMatchObject({
    status: 'MANUFACTURING_STARTED',
    operator: { id: 'b' },
  });
});

test('what is on hold is not worked on, and goes on with whoever had it', async () => {
  const { id } = await stand.approved();
  await work('operator a', 'takeOrder', id);
  await stand.mes.baton.request('HOLD', id, { by: 'admin-1', reason: null });
  expect(await queue()).toEqual([]);
  for (const verb of ['completeOrder', 'releaseOrder']) {
    expect(await work('operator a', verb, id)).toMatchObject({ code: 'ILLEGAL_MOVE' });
  }
  expect(await work('operator b', 'takeOrder', id)).toMatchObject({ code: 'ALREADY_TAKEN' });
  await stand.mes.baton.request('RESUME', id, { by: 'admin-1', reason: null });
  expect(await work('operator a', 'completeOrder', id)).toMatchObject({ status: 'MANUFACTURING_COMPLETED' });

  // nobody had this one: taking it must not be a way to resume it
  const waiting = await stand.approved();
  await stand.mes.baton.request('HOLD', waiting.id, { by: 'admin-1', reason: null });
  expect(await work('operator a', 'takeOrder', waiting.id)).toMatchObject({ code: 'ILLEGAL_MOVE' });
});

test('a cancelled order is closed and its operator free', async () => {
  const { id } = await stand.approved();
  await work('operator a', 'takeOrder', id);
  await stand.mes.baton.request('CANCEL', id, { by: 'admin-1', reason: 'no gold' });
  expect(await queue()).toEqual([]);
  const { _entities } = await stand.ask(
    'seller s',
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on WorkOrder { status operator { id } order { status } } } }',
    { of: [{ __typename: 'WorkOrder', id }] },
  );
  expect(_entities).toEqual([{ status: 'CANCELLED', operator: null, order: { status: 'CANCELLED' } }]);
  expect(await work('operator a', 'completeOrder', id)).toMatchObject({ code: 'ILLEGAL_MOVE' });
});

test('whoever has moved an order sees it moved in the queue, however many look at it meanwhile', async () => {
  const orders: PlayedOrder[] = [];
  for (let n = 0; n < 6; n++) orders.push(await stand.approved());
  const newestFirst = orders.map(({ id }) => id).reverse();
  await until('all are in the queue', async () => (await queue()).length === 6);
  expect(await queue()).toEqual(newestFirst);
  expect(await queue('(first: 2)')).toEqual(newestFirst.slice(0, 2));

  let looking = true;
  const lookers = Array.from({ length: 4 }, async () => {
    while (looking) await queue('(status: MANUFACTURING_APPROVED)', 'operator looker');
  });
  const waiting = [...newestFirst];
  for (const id of newestFirst) {
    await work('operator a', 'takeOrder', id);
    waiting.shift();
    expect(await queue('(status: MANUFACTURING_APPROVED)')).toEqual(waiting);
    expect(await queue('(status: MANUFACTURING_STARTED)')).toContain(id);
  }
  looking = false;
  await Promise.all(lookers);
  expect(await queue()).toEqual(newestFirst);
});

test('two processes show one queue', async () => {
  const other = await stand.another();
  const orders: PlayedOrder[] = [];
  for (let n = 0; n < 3; n++) orders.push(await stand.approved());
  const waiting = async () => {
    const { workQueue } = await other(
      'operator b',
      '{ workQueue(status: MANUFACTURING_APPROVED) { nodes { id } } }',
    );
    return workQueue.nodes.length;
  };
  await until('both know all orders', async () => (await waiting()) === 3 && (await queue()).length === 3);
  for (let left = 2; left >= 0; left--) {
    await work('operator a', 'takeOrder', orders[left]!.id);
    expect(await waiting()).toBe(left);
  }
});

test('an operator has in hand what they have taken, until it is shipped or given back', async () => {
  const [first, second, other] = await Promise.all([stand.approved(), stand.approved(), stand.approved()]);
  const inHand = async (who: Who, more = '') => {
    const { myWork } = await stand.ask(
      who,
      `{ myWork${more} { nodes { id } pageInfo { hasNextPage endCursor } } }`,
    );
    return myWork;
  };
  const ids = async (who: Who) => (await inHand(who)).nodes.map(({ id }: { id: string }) => id).sort();
  const me = 'operator a';
  await work(me, 'takeOrder', first.id);
  await work(me, 'takeOrder', second.id);
  await work('operator b', 'takeOrder', other.id);
  expect(await ids(me)).toEqual([first.id, second.id].sort());
  expect(await ids('operator b')).toEqual([other.id]);
  const page = await inHand(me, '(first: 1)');
  const rest = await inHand(me, `(first: 1, after: "${page.pageInfo.endCursor}")`);
  expect([...page.nodes, ...rest.nodes].map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
  expect([page.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);

  await work(me, 'releaseOrder', first.id);
  expect(await ids(me)).toEqual([second.id]);
  await work(me, 'completeOrder', second.id);
  await work(me, 'packOrder', second.id);
  expect(await ids(me)).toEqual([second.id]);
  await work(me, 'shipOrder', second.id, ', trackingNumber: "RU 123456789"');
  expect(await ids(me)).toEqual([]);
  expect(await inHand('customer customer-1')).toBeNull();
});

test('without the cache the queue is read from the database, and what lies in the cache is not believed after', async () => {
  const { id } = await stand.approved();
  await until('the order is in the queue', async () => (await queue()).includes(id));
  stand.cacheIsAway(true);
  expect(await work('operator a', 'takeOrder', id)).toMatchObject({ status: 'MANUFACTURING_STARTED' });
  expect(await queue('(status: MANUFACTURING_APPROVED)')).toEqual([]);
  stand.cacheIsAway(false);
  expect(await queue('(status: MANUFACTURING_APPROVED)')).toEqual([]);
  expect(await queue('(status: MANUFACTURING_STARTED)')).toEqual([id]);
  expect(stand.complaints()).not.toEqual([]);
});

test('pages follow one another, and a page of fifty costs as many statements as one of one', async () => {
  const orders = await Promise.all(Array.from({ length: 51 }, () => stand.approved()));
  const page = (first: number, after: string | null) =>
    stand.ask(
      'operator a',
      `query ($first: Int, $after: String) { workQueue(first: $first, after: $after) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }
        nodes { id status promisedAt operator { name } order { id status version } }
      } }`,
      { first, after },
    );
  // one that stands on every page looked at below, so that there is an operator to be read
  const { workQueue: before } = await page(30, null);
  await work('operator a', 'takeOrder', before.nodes[25].id);
  const { workQueue: first } = await page(50, null);
  expect(first.nodes).toHaveLength(50);
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  expect(first.edges.at(-1).cursor).toBe(first.pageInfo.endCursor);
  const { workQueue: second } = await page(50, first.pageInfo.endCursor);
  expect(second.nodes).toHaveLength(1);
  expect(second.pageInfo.hasNextPage).toBe(false);
  const all = [...first.nodes, ...second.nodes].map(({ id }) => id);
  expect(new Set(all)).toEqual(new Set(orders.map(({ id }) => id)));

  const cost = (n: number, after: string | null) => stand.cost(() => page(n, after));
  expect(await cost(1, null)).toBeLessThanOrEqual(3); // work orders, orders, operators: the page itself is cached
  expect(await cost(50, null)).toBe(3);
  expect(await cost(50, first.edges[0].cursor)).toBe(4); // and the page
  await expect(page(101, null)).rejects.toThrow('BAD_USER_INPUT');
  await expect(page(5, 'x')).rejects.toThrow('BAD_USER_INPUT');
});
