import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverBinary, startRedis, type TestServer } from '../../../e2e/harness/servers.ts';
import type { Cache } from '../src/cache.ts';
import { openRedisCache } from '../src/redis.ts';
import { quiet } from './quiet.ts';

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
};

(serverBinary('redis-server') ? describe : describe.skip)('when Redis goes away', () => {
  let server: TestServer;
  let cache: Cache;
  beforeAll(async () => {
    server = await startRedis();
    cache = await openRedisCache({ url: server.url, prefix: 'test', log: quiet });
  });
  afterAll(async () => {
    await cache[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test('calls fail fast, and it comes back by itself', async () => {
    await cache.set('kept', 'value', 60_000);
    await server.kill();
    await until(() => !cache.connected);
    const begun = performance.now();
    const calls = [
      cache.get('kept'),
      cache.getMany(['kept']),
      cache.set('a', 'b', 1_000),
      cache.raise('n', 1, 1_000),
      cache.increment('n', 1_000),
      cache.claim('c', 'x', 1_000),
      cache.takeFromBucket('b', { maximum: 1, restoreRate: 1 }, 1),
      cache.delete('kept'),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - begun).toBeLessThan(1_500);
    await server.start();
    await until(() => cache.connected);
    expect(await cache.get('kept')).toBe('value');
    expect(await cache.takeFromBucket('b2', { maximum: 1, restoreRate: 1 }, 1)).toMatchObject({
      taken: true,
    });
  });

  test('a server that stopped answering costs a second, not for ever', async () => {
    const stuck = await openRedisCache({ url: server.url, prefix: 'stuck', log: quiet, callMs: 300 });
    await server.freeze();
    try {
      const begun = performance.now();
      await expect(stuck.get('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(performance.now() - begun).toBeLessThan(1_500);
    } finally {
      await server.thaw();
    }
    await stuck[Symbol.asyncDispose]();
  });

  test('closing works while it is away, and opening gives up in time', async () => {
    const lonely = await openRedisCache({ url: server.url, prefix: 'lonely', log: quiet });
    await server.kill();
    await until(() => !lonely.connected);
    await lonely[Symbol.asyncDispose]();
    await lonely[Symbol.asyncDispose]();
    await expect(
      openRedisCache({ url: server.url, prefix: 'late', log: quiet, withinMs: 300 }),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await server.start();
    await until(() => cache.connected);
  });

  test('keys of another prefix are another world', async () => {
    await using other = await openRedisCache({ url: server.url, prefix: 'other', log: quiet });
    await cache.set('k', 'mine', 60_000);
    expect(await other.get('k')).toBe(null);
    await expect(openRedisCache({ url: server.url, prefix: '', log: quiet })).rejects.toThrow(
      'expected a prefix',
    );
  });
});
