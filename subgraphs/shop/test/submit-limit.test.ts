import { openMemoryCache } from '@alexandrite/cache/memory';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { GraphQLResolveInfo } from 'graphql';
import { submitLimit } from '../src/limit/submit-limit.ts';
import { asking, create, mutate, ServedShop, uploadedModel } from './served-shop.ts';

let served: ServedShop;

beforeEach(() => {
  served = new ServedShop();
});

afterEach(async () => {
  await served[Symbol.asyncDispose]();
});

const info = { fieldName: 'submitOrder' } as GraphQLResolveInfo;

test('lets exactly as many through as allowed, of callers at the same moment on two instances', async () => {
  const cache = openMemoryCache();
  const { log } = memoryLog();
  const instances = [submitLimit(cache, log), submitLimit(cache, log)];
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => instances[i % 2]!('anna', 10, info)),
  );
  expect(answers.filter((answer) => answer === null)).toHaveLength(10);
  for (const answer of answers) {
    if (answer) expect(answer.waitSeconds).toBeGreaterThan(0);
    if (answer) expect(answer.waitSeconds).toBeLessThanOrEqual(60);
  }
  expect(await instances[0]!('bob', 10, info)).toBeNull();
});

test('counts on over the turn of a minute, and begins anew when the minute since the first call is over', async () => {
  const clock = jest.spyOn(Date, 'now');
  const turn = Math.ceil(Date.now() / 60_000) * 60_000 + 60_000;
  const limit = submitLimit(openMemoryCache(), memoryLog().log);
  const at = (ms: number) => {
    clock.mockReturnValue(turn + ms);
    return limit('anna', 2, info);
  };
  expect([await at(-1_000), await at(-1_000), await at(-1_000)]).toEqual([null, null, { waitSeconds: 60 }]);
  expect(await at(1_000)).toEqual({ waitSeconds: 58 });
  expect([await at(59_001), await at(59_002), await at(59_003)]).toEqual([null, null, { waitSeconds: 60 }]);
  clock.mockRestore();
});

test('lets everybody through when the cache is away, and says so', async () => {
  const { log, entries } = memoryLog();
  const broken = new Proxy(openMemoryCache(), {
    get: () => async () => {
      throw new Error('the cache is away');
    },
  });
  expect(await submitLimit(broken, log)('anna', 1, info)).toBeNull();
  expect(entries).toMatchObject([{ level: 'warn', accountId: 'anna' }]);
});

test('refuses submitOrder past the limit with the wait, by account, and an account may have its own', async () => {
  await served.open();
  const shop = await served.start({ submitsPerMinute: 3 });
  const [anna, bob] = [asking(shop, 'anna'), asking(shop, 'bob')];
  const model = await uploadedModel(shop, anna);
  const ids = await Promise.all(Array.from({ length: 6 }, async () => (await create(anna, model)).id));
  const answers = await Promise.all(ids.map((id) => mutate(anna, 'submitOrder', id)));
  expect(answers.filter(({ status }) => status === 'SUBMITTED')).toHaveLength(3);
  const refused = answers.filter(({ code }) => code === 'RATE_LIMITED');
  expect(refused).toHaveLength(3);
  expect(refused[0].message).toMatch(/^You may submit 3 orders a minute; try again in \d+ s\.$/);
  expect(await mutate(bob, 'submitOrder', ids[0])).toMatchObject({ code: 'NOT_FOUND' });
  await shop.database.em().execute(`update customers set submits_per_minute = 100 where id = 'anna'`);
  const again = ids[answers.findIndex(({ code }) => code)];
  expect(await mutate(anna, 'submitOrder', again)).toMatchObject({ status: 'SUBMITTED' });
});
