import { countStatements } from '@alexandrite/database/count-statements';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ServedCrm, serveCrm } from '../test/served-crm.ts';

let crm: ServedCrm;
let ids: string[];

beforeAll(async () => {
  crm = await serveCrm();
  ids = [];
  for (let n = 0; n < 30; n++) ids.push((await crm.order(`customer-${n % 10}`)).id);
  // the last one is here, so that no background work of the projection is counted
  const last = `query ($id: ID!) { _entities(representations: [{ __typename: "Order", id: $id }]) { ... on Order { version } } }`;
  for (const id of ids) await crm.ask('seller:seller-1', last, { id });
});

afterAll(() => crm?.[Symbol.asyncDispose]());

/** Statements of a query for so many orders and their accounts. */
async function cost(query: string, variables: (count: number) => object, who = 'seller:seller-1' as const) {
  const counts: number[] = [];
  for (const count of [2, 30]) {
    await crm.ask(who, query, variables(count));
    counts.push(await countStatements(crm.database, () => crm.ask(who, query, variables(count))));
  }
  return counts;
}

test('orders, their approvals and accounts cost three statements, two or thirty', async () => {
  const representations = (count: number) => ({
    of: ids.slice(0, count).flatMap((id, n) => [
      { __typename: 'Order', id },
      { __typename: 'Account', id: `customer-${n % 10}` },
    ]),
  });
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on Order { status version approval { priceAcceptedAt order { id version } } }
    ... on Account { name kind }
  } }`;
  expect(await cost(query, representations)).toEqual([3, 3]);
});

test('a page of the queue costs two statements, two rows or thirty', async () => {
  const query = `query ($first: Int) { approvalQueue(first: $first) {
    nodes { priceAcceptedAt order { id status approval { closedAt } } } edges { cursor node { order { version } } }
  } }`;
  expect(await cost(query, (first) => ({ first }))).toEqual([2, 2]);
});

test('`me` costs one statement once one is known', async () => {
  const query = '{ me { name account { name } } again: me { account { id } } }';
  await crm.ask('customer:customer-1', query);
  expect(await countStatements(crm.database, () => crm.ask('customer:customer-1', query))).toBe(1);
});
