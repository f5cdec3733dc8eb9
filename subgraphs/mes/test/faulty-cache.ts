import { type Cache, CacheError } from '@alexandrite/cache';

/** A cache whose server can be away: what lies in there stays, as behind a broken line. */
export function faultyCache(cache: Cache): { cache: Cache; away(is: boolean): void } {
  let isAway = false;
  const faulty = new Proxy(cache, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || name === Symbol.asyncDispose) return value;
      return async (...args: unknown[]) => {
        if (isAway) throw new CacheError('UNAVAILABLE', 'the cache is away');
        return value.apply(target, args);
      };
    },
  });
  return {
    cache: faulty,
    away: (is) => {
      isAway = is;
    },
  };
}
