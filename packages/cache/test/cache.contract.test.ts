import { describe, test } from '@jest/globals';
import { serverBinary, startRedis } from '../../../e2e/harness/servers.ts';
import { openMemoryCache } from '../src/memory.ts';
import { openRedisCache } from '../src/redis.ts';
import { cacheContract } from './cache-contract.ts';
import { quiet } from './quiet.ts';

cacheContract('memory', async () => {
  const cache = openMemoryCache();
  return { cache, other: cache, [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose]() };
});

if (serverBinary('redis-server')) {
  cacheContract('redis', async () => {
    const server = await startRedis();
    const cache = await openRedisCache({ url: server.url, prefix: 'test', log: quiet });
    const other = await openRedisCache({ url: server.url, prefix: 'test', log: quiet });
    return {
      cache,
      other,
      [Symbol.asyncDispose]: async () => {
        await cache[Symbol.asyncDispose]();
        await other[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  });
} else describe.skip('redis', () => test('needs redis-server', () => {}));
