import type { CacheLog } from '../src/redis.ts';

/** A log for tests in which the server goes away on purpose. */
export const quiet: CacheLog = { info: () => {}, warn: () => {} };
