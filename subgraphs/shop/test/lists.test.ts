import { countStatements } from '@alexandrite/database/count-statements';
import { uuidV7 } from '@alexandrite/database/uuid';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ShopService } from '../src/build.ts';
import { type Answer, type Ask, asking, create, ServedShop, uploadedModel } from './served-shop.ts';

let served: ServedShop;
let shop: ShopService;
let anna: Ask;
let staff: Ask;

beforeAll(async () => {
  served = new ServedShop();
  shop = await served.open();
  anna = asking(shop, 'anna');
  staff = asking(shop, 'olga', 'operator');
  const models: string[] = [];
  for (let i = 0; i < 5; i++) models.push(await uploadedModel(shop, anna));
  for (let i = 0; i < 50; i++) await create(anna, models[i % 5]!);
  const partner = asking(shop, 'partner-1', 'partner');
  await create(partner, await uploadedModel(shop, partner));
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

const list = `query ($first: Int, $after: String, $filter: OrderFilter) {
  orders(first: $first, after: $after, filter: $filter) {
    nodes { id number status model { filename downloadUrl } account { id } history { to at } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** The least of three times, since the shop also looks after itself meanwhile. */
async function fewestStatements(work: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  for (let i = 0; i < 3; i++) counts.push(await countStatements(shop.database, work));
  return Math.min(...counts);
}

async function pages(ask: Ask, first: number, filter = {}): Promise<string[]> {
  const numbers: string[] = [];
  let after: string | null = null;
  do {
    const { data, errors }: Answer = await ask(list, { first, after, filter });
    expect(errors).toBeUndefined();
    const { nodes, pageInfo } = data!.orders;
    numbers.push(...nodes.map(({ number }: { number: string }) => number));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
  return numbers;
}

const newestFirst = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, i) => `A-${String(from - i).padStart(6, '0')}`);

describe('a list of orders', () => {
  test('costs as many statements for fifty orders as for two, with models and histories', async () => {
    const two = await fewestStatements(() => anna(list, { first: 2 }));
    const fifty = await fewestStatements(() => anna(list, { first: 50 }));
    expect([two, fifty]).toEqual([4, 4]); // ids, orders, models, moves
    const { data } = await anna(list, { first: 50 });
    expect(data!.orders.nodes).toHaveLength(50);
    for (const { history } of data!.orders.nodes) expect(history).toHaveLength(2);
  });

  test('costs one statement for entities, however many', async () => {
    const { data } = await anna(list, { first: 50 });
    const representations = data!.orders.nodes.map(({ id }: { id: string }) => ({
      __typename: 'Order',
      id,
    }));
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Order { number } } }`;
    expect(await fewestStatements(() => anna(query, { representations }))).toBe(1);
  });

  test('is walked page by page without a gap or a double, newest first', async () => {
    expect(await pages(anna, 7)).toEqual(newestFirst(50, 1));
    expect(await pages(staff, 20)).toEqual(newestFirst(51, 1));
  });

  test('is filtered by status, channel and number', async () => {
    expect(await pages(anna, 30, { status: ['FILE_UPLOADED', 'SUBMITTED'] })).toEqual(newestFirst(50, 1));
    expect(await pages(anna, 30, { status: ['SUBMITTED'] })).toEqual([]);
    expect(await pages(staff, 30, { channel: 'B2B' })).toEqual(['A-000051']);
    expect(await pages(staff, 30, { number: 'a-7' })).toEqual(['A-000007']);
    expect(await pages(anna, 30, { number: 'A-000051' })).toEqual([]);
    expect(await pages(anna, 30, { number: '%' })).toEqual([]);
  });

  test('refuses a page that is too long and a cursor of something else', async () => {
    for (const variables of [{ first: 101 }, { first: 0 }, { after: 'x' }]) {
      expect((await anna(list, variables)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('is read off an index, never sorted', async () => {
    await shop.database.em().execute(
      `insert into orders select gen_random_uuid(), 'T-' || n, case n % 2 when 0 then 'half' else 'acc' || n % 50 end, 'B2C', (array['SUBMITTED','CLOSED'])[1 + (n % 5 > 0)::int],
         1, 'SHOP', null, now(), 1, 'SILVER_925', 'RAW', '${uuidV7()}', 'f', null, now() - n * interval '1 minute', null, null
       from generate_series(1, 20000) as n`,
    );
    await shop.database.em().execute('analyze orders');
    const conditions = [
      'true',
      'account_id = $$half$$',
      'status = $$SUBMITTED$$',
      'account_id = $$half$$ and status = $$SUBMITTED$$',
    ];
    for (const condition of conditions) {
      const rows = await shop.database
        .em()
        .execute(
          `explain select id from orders where ${condition} order by created_at desc, id desc limit 21`,
        );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/using orders_/);
      expect(plan).not.toMatch(/Sort|Seq Scan/);
    }
  });
});

test("a list of models shows one's own, newest first, page by page", async () => {
  const ask = `query ($after: String) { models(first: 2, after: $after) { nodes { id createdAt } pageInfo { hasNextPage endCursor } } }`;
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { data }: Answer = await anna(ask, { after });
    seen.push(...data!.models.nodes.map(({ createdAt }: { createdAt: string }) => createdAt));
    after = data!.models.pageInfo.hasNextPage ? data!.models.pageInfo.endCursor : null;
  } while (after);
  expect(seen).toHaveLength(5);
  expect(seen).toEqual(seen.toSorted().reverse());
});

test('the catalogue is what the tariff has, in two languages', async () => {
  const { data } = await anna(
    `{ catalogue { tariffVersion alloys { code label ru: label(language: RU) } finishes { code } } }`,
  );
  expect(data!.catalogue.tariffVersion).toEqual(expect.any(String));
  const codes = data!.catalogue.alloys.map(({ code }: { code: string }) => code);
  expect(codes).toEqual(
    expect.arrayContaining(['SILVER_925', 'GOLD_585_YELLOW', 'GOLD_750_YELLOW', 'PLATINUM_950']),
  );
  for (const { label, ru } of data!.catalogue.alloys) expect(ru).not.toBe(label);
});
