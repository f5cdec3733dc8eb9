import { openMemoryCache } from '../src/memory.ts';
import { cacheContract } from './cache-contract.ts';

cacheContract('memory', async () => {
  const cache = openMemoryCache();
  return { cache, other: cache, [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose]() };
});
