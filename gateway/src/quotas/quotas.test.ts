import { type Cache, CacheError } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { describe, expect, test } from '@jest/globals';
import { createFindAccount } from '../budgets/audiences.ts';
import { Quotas } from './quotas.ts';

const ada = { sub: 'ada', role: 'partner', iat: 0, exp: 9_999_999_999 };

function quotasWith(cache: Cache, quotas: object, ttlMs?: number): Quotas {
  const audience = {
    name: 'limited',
    when: {},
    key: '{{claims.sub}}',
    maximumAvailable: 1,
    restoreRate: 1,
    maxCost: undefined,
  };
  const all = {
    sockets: undefined,
    subscriptions: undefined,
    eventsPerSecond: undefined,
    durables: undefined,
    ...quotas,
  };
  return new Quotas({
    cache,
    find: createFindAccount([{ ...audience, quotas: all }]),
    metrics: new Metrics('test'),
    log: memoryLog().log,
    ...(ttlMs === undefined ? {} : { ttlMs }),
  });
}

describe('quotas', () => {
  test('hold over all gateways, and what is given back is free', async () => {
    await using cache = openMemoryCache();
    await using one = quotasWith(cache, { sockets: 2 });
    await using two = quotasWith(cache, { sockets: 2 });
    const giveBack = await one.take('sockets', ada);
    await two.take('sockets', ada);
    await expect(one.take('sockets', ada)).rejects.toMatchObject({ extensions: { code: 'TOO_MANY' } });
    // Somebody else, and what has no limit.
    await one.take('sockets', { ...ada, sub: 'bob' });
    for (let count = 0; count < 5; count++) await one.take('subscriptions', ada);
    giveBack();
    giveBack();
    await two.take('sockets', ada);
    await expect(two.take('sockets', ada)).rejects.toMatchObject({ extensions: { code: 'TOO_MANY' } });
  });

  test('are never passed by those that come at once', async () => {
    await using cache = openMemoryCache();
    await using one = quotasWith(cache, { subscriptions: 7 });
    await using two = quotasWith(cache, { subscriptions: 7 });
    const takes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).take('subscriptions', ada)),
    );
    expect(takes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    for (const take of takes) if (take.status === 'fulfilled') take.value();
    for (let count = 0; count < 7; count++) await one.take('subscriptions', ada);
  });

  test('of a gateway that was killed come back, those of one that lives do not', async () => {
    await using cache = openMemoryCache();
    const dead: Cache = { ...cache, hold: (...given) => cache.hold(...given) };
    const killed = quotasWith(dead, { sockets: 1 }, 300);
    await killed.take('sockets', ada);
    // It says nothing any more.
    dead.hold = () => new Promise(() => undefined);
    await using one = quotasWith(cache, { sockets: 1 }, 300);
    const deadline = Date.now() + 5_000;
    for (;;) {
      try {
        await one.take('sockets', ada);
        break;
      } catch (error) {
        expect(error).toMatchObject({ extensions: { code: 'TOO_MANY' } });
        expect(Date.now()).toBeLessThan(deadline);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 700));
    await using two = quotasWith(cache, { sockets: 1 }, 300);
    await expect(two.take('sockets', ada)).rejects.toMatchObject({ extensions: { code: 'TOO_MANY' } });
  });

  test('are kept by each gateway for itself while the cache is away', async () => {
    const away = async () => {
      throw new CacheError('UNAVAILABLE', 'away');
    };
    await using memory = openMemoryCache();
    const cache: Cache = Object.assign(Object.create(memory), { hold: away, takeFromBucket: away });
    await using quotas = quotasWith(cache, { sockets: 1, eventsPerSecond: 2 });
    const giveBack = await quotas.take('sockets', ada);
    await expect(quotas.take('sockets', ada)).rejects.toMatchObject({ extensions: { code: 'TOO_MANY' } });
    giveBack();
    await quotas.take('sockets', ada);
    expect([await quotas.event(ada), await quotas.event(ada)]).toEqual([0, 0]);
    expect(await quotas.event(ada)).toBeGreaterThan(0);
  });

  test('of events are shared, and say how long to wait', async () => {
    await using cache = openMemoryCache();
    await using one = quotasWith(cache, { eventsPerSecond: 100 });
    await using two = quotasWith(cache, { eventsPerSecond: 100 });
    const waits = await Promise.all(Array.from({ length: 300 }, (_, i) => (i % 2 ? one : two).event(ada)));
    const passed = waits.filter((wait) => wait === 0).length;
    expect(passed).toBeGreaterThanOrEqual(95);
    expect(passed).toBeLessThan(160);
    expect(Math.max(...waits)).toBeLessThanOrEqual(50);
    expect(await one.event({ ...ada, sub: 'bob' })).toBe(0);
  });
});
