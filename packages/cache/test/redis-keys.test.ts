import { describe, expect, test } from '@jest/globals';
import { serverBinary, startRedis } from '../../../e2e/harness/servers.ts';
import { openRedisCache } from '../src/redis.ts';
import { RedisKeys } from '../src/redis-keys.ts';
import { quiet } from './quiet.ts';

(serverBinary('redis-server') ? describe : describe.skip)('the keys of a Redis', () => {
  test('are found by how they begin, under their prefix only, and removed', async () => {
    await using server = await startRedis();
    await using cache = await openRedisCache({ url: server.url, prefix: 'test', log: quiet });
    await using neighbour = await openRedisCache({ url: server.url, prefix: 'tester', log: quiet });
    for (let index = 0; index < 2_500; index++) await cache.set(`a*:${index}`, 'x', 60_000);
    await cache.set('b:1', 'x', 60_000);
    await neighbour.set('a*:1', 'x', 60_000);
    await using keys = new RedisKeys({ url: server.url, prefix: 'test' });
    const found = new Set<string>();
    for await (const key of keys.beginningWith('a*:')) found.add(key);
    expect(found.size).toBe(2_500);
    expect(await keys.delete([...found])).toBe(2_500);
    expect(await keys.delete([])).toBe(0);
    expect(await cache.get('b:1')).toBe('x');
    expect(await neighbour.get('a*:1')).toBe('x');
  });
});
