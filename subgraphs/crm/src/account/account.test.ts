import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ServedCrm, serveCrm } from '../../test/served-crm.ts';

const ME = '{ me { id role name account { id kind name createdAt } } }';
const REFERENCES = `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on Account { id kind name } } }`;
const references = (...ids: string[]) => ({ ids: ids.map((id) => ({ __typename: 'Account', id })) });

let crm: ServedCrm;

beforeAll(async () => {
  crm = await serveCrm();
});

afterAll(() => crm?.[Symbol.asyncDispose]());

test('everybody is who their token says, and is entered when they come for the first time', async () => {
  expect(await crm.ask('partner:partner-1', ME)).toMatchObject({
    me: { id: 'partner-1', role: 'PARTNER', name: 'Atelier Beryl', account: { kind: 'PARTNER' } },
  });
  expect(await crm.ask('seller:seller-1', ME)).toEqual({
    me: { id: 'seller-1', role: 'SELLER', name: 'Вера Демидова', account: null },
  });
  const stranger = `customer:${randomUUID()}` as const;
  const [first, second] = await Promise.all([crm.ask(stranger, ME), crm.ask(stranger, ME)]);
  expect(first.me.account).toMatchObject({ id: stranger.slice(9), kind: 'CUSTOMER' });
  expect(second).toEqual(first);
  expect(await crm.ask('operator:nobody-yet', ME)).toMatchObject({ me: { name: 'nobody-yet' } });
  expect(await crm.ask('admin:nobody-yet', ME)).toMatchObject({ me: { role: 'ADMIN', name: 'nobody-yet' } });
  expect(await crm.ask(null, ME)).toEqual({ me: null });
});

test('an account is for its owner and for those who work here', async () => {
  const ACCOUNT = 'query ($id: ID!) { account(id: $id) { name } }';
  const anna = { account: { name: 'Anna Orlova' } };
  expect(await crm.ask('customer:customer-1', ACCOUNT, { id: 'customer-1' })).toEqual(anna);
  expect(await crm.ask('operator:operator-1', ACCOUNT, { id: 'customer-1' })).toEqual(anna);
  for (const who of ['customer:customer-2', 'partner:partner-1', null] as const) {
    expect(await crm.ask(who, ACCOUNT, { id: 'customer-1' })).toEqual({ account: null });
    expect(await crm.ask(who, REFERENCES, references('customer-1'))).toEqual({ _entities: [null] });
  }
  for (const id of ['nobody', 'no\0body']) {
    expect(await crm.ask('admin:admin-1', ACCOUNT, { id })).toEqual({ account: null });
  }
});

test('the account of an order that has just been made is awaited', async () => {
  const id = `customer-${randomUUID()}`;
  const asked = crm.ask('seller:seller-1', REFERENCES, references(id, 'partner-2'));
  await crm.order(id, 'INITIATED');
  expect(await asked).toEqual({
    _entities: [
      { id, kind: 'CUSTOMER', name: id },
      { id: 'partner-2', kind: 'PARTNER', name: 'Уральский самоцвет' },
    ],
  });
});

test('the budget is what the gateway says', async () => {
  const budget = { maximumAvailable: 10_000, currentlyAvailable: 9_990.5, restoreRate: 500 };
  const BUDGET = '{ budget { maximumAvailable currentlyAvailable restoreRate } }';
  expect(await crm.ask('partner:partner-1', BUDGET, {}, budget)).toEqual({ budget });
  expect(await crm.ask('seller:seller-1', BUDGET)).toEqual({ budget: null });
});

test('nobody but the gateway is answered', async () => {
  const response = await fetch(`${crm.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: ME }),
  });
  expect(response.status).toBe(401);
});
