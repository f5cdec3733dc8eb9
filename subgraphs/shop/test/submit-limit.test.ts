import { openMemoryCache } from '@alexandrite/cache/memory';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
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

/** So that no window ends in the middle of a test. */
async function atTheBeginningOfAMinute(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 10_000) await new Promise((resolve) => setTimeout(resolve, left));
}

test('lets exactly as many through as allowed, of callers at the same moment on two instances', async () => {
  await atTheBeginningOfAMinute();
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
  await atTheBeginningOfAMinute();
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
