import { until } from '@alexandrite/e2e/harness/until';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ShopService } from '../src/build.ts';
import { readStageTimes, StageClock } from '../src/promise/stage-times.ts';
import { type Ask, asking, create, mutate, ServedShop, uploadedModel } from './served-shop.ts';

const served = new ServedShop();
let shop: ShopService;
let alice: Ask;

beforeAll(async () => {
  shop = await served.open();
  alice = asking(shop, 'alice');
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

/** Orders of long ago that stayed so many days with an operator, after having waited so many for one. */
async function history(count: number, waited: number, made: number): Promise<void> {
  const em = shop.database.em();
  const [like] = await em.execute('select id from orders limit 1');
  await em.execute(
    `with fresh as (
       insert into orders select gen_random_uuid(), 'H-' || n || '-' || gen_random_uuid(), account_id, channel, 'CLOSED', 9, 'CRM',
         null, now(), 1, alloy, finish, model_id, filename, model_sha256, now(), now(), now()
       from orders, generate_series(1, ?) as n where orders.id = ? returning id)
     insert into order_moves (order_id, version, from_status, to_status, at, by, system, duration_ms)
       select id, 6, 'MANUFACTURING_APPROVED', 'MANUFACTURING_STARTED', now() - interval '2 days', 'o', 'MES', ?::bigint from fresh
       union all select id, 7, 'MANUFACTURING_STARTED', 'MANUFACTURING_COMPLETED', now(), 'o', 'MES', ?::bigint from fresh`,
    [count, like!.id, waited * 86_400_000, made * 86_400_000],
  );
}

const fields = `promisedAt delivery { promisedAt shipsAt arrivesAt late stages { status seconds } }
  timeline { status until seconds expectedSeconds delaySeconds cause waitedFor }`;

async function order(id: string) {
  const { data, errors } = await alice(`{ order(id: "${id}") { ${fields} } }`);
  expect(errors).toBeUndefined();
  return data!.order;
}

describe('the promise', () => {
  test('is three weeks, with an estimate from what orders took of late and what is ahead', async () => {
    const { id } = await create(alice, await uploadedModel(shop, alice));
    expect(await order(id)).toMatchObject({ promisedAt: null, delivery: null });
    await mutate(alice, 'submitOrder', id);
    const before = await order(id);
    const days = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000;
    expect(days(new Date().toISOString(), before.promisedAt)).toBeCloseTo(21, 1);
    expect(before.delivery).toMatchObject({ promisedAt: before.promisedAt, late: false });
    expect(before.delivery.stages.map(({ status }: { status: string }) => status)).toContain(
      'MANUFACTURING_STARTED',
    );
    expect(before.timeline.map(({ status }: { status: string }) => status)).toEqual([
      ...['INITIATED', 'FILE_UPLOADED', 'SUBMITTED'],
    ]);
    expect(before.timeline[2]).toMatchObject({ until: null, expectedSeconds: 300, delaySeconds: 0 });

    await history(10, 1, 20); // operators take twenty days now
    const times = await readStageTimes(shop.database);
    expect(times.seconds).toMatchObject({
      MANUFACTURING_APPROVED: 86_400,
      MANUFACTURING_STARTED: 20 * 86_400,
    });
    const clock = new StageClock(shop.database);
    expect(await clock.times()).toEqual(times);

    const dashboard = () =>
      asking(
        shop,
        'operator-1',
        'operator',
      )('query ($of: [_Any!]!) { _entities(representations: $of) { ... on Dashboard { lateRisk } } }', {
        of: [{ __typename: 'Dashboard', id: 'main' }],
      }).then(({ data }) => data!._entities[0].lateRisk);
    // known to the service within its quarter of a minute
    await until('the risk is seen', async () => (await dashboard()) === 1);
    const after = await order(id);
    expect(after.delivery.late).toBe(true);
    expect(days(before.delivery.arrivesAt, after.delivery.arrivesAt)).toBeCloseTo(15, 1);
  }, 60_000);

  test('moves with the orders that wait for an operator', async () => {
    const before = await readStageTimes(shop.database);
    await shop.database.em().execute(
      `insert into orders select gen_random_uuid(), 'W-' || n, account_id, channel, 'MANUFACTURING_APPROVED', 5, 'MES', null, now(),
         1, alloy, finish, model_id, filename, model_sha256, now(), now(), now()
       from (select * from orders limit 1) as one, generate_series(1, 20) as n`,
    );
    const after = await readStageTimes(shop.database);
    expect(after.waiting).toBe(before.waiting + 20);
    // ten were begun in two days
    expect(after.backlogSeconds).toBeCloseTo(4 * 86_400, -3);
  });
});
