import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Cache } from '../src/cache.ts';

/** A first client, and another one as far from it as the adapter allows. */
export interface CacheUnderTest extends AsyncDisposable {
  cache: Cache;
  other: Cache;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (condition: () => Promise<boolean>) => {
  while (!(await condition())) await pause(10);
};
const minute = 60_000;

/** The behaviour of every cache, whatever is behind it. */
export function cacheContract(name: string, start: () => Promise<CacheUnderTest>): void {
  describe(name, () => {
    let under: CacheUnderTest;
    let cache: Cache;
    let other: Cache;
    beforeAll(async () => {
      under = await start();
      ({ cache, other } = under);
    });
    afterAll(async () => {
      await under[Symbol.asyncDispose]();
    });

    test('keeps values for their time', async () => {
      await cache.set('v:1', 'золото', minute);
      await cache.set('v:2', '', 700);
      expect(await other.getMany(['v:2', 'v:0', 'v:1'])).toEqual(['', null, 'золото']);
      expect(await other.getMany([])).toEqual([]);
      await until(async () => (await other.get('v:2')) === null);
      await cache.set('v:1', 'new', minute);
      expect(await other.get('v:1')).toBe('new');
      await cache.delete('v:1', 'v:none');
      await cache.delete();
      expect(await other.get('v:1')).toBe(null);
    });

    test('a raised number never falls, whoever raises it', async () => {
      expect(await cache.raise('floor', 3, minute)).toBe(3);
      expect(await other.raise('floor', 2, minute)).toBe(3);
      expect(await other.raise('floor', 10, minute)).toBe(10);
      expect(await cache.get('floor')).toBe('10');
      const raised = Array.from({ length: 50 }, (_, i) =>
        (i % 2 ? cache : other).raise('race', (i * 7) % 50, minute),
      );
      await Promise.all(raised);
      expect(await cache.get('race')).toBe('49');
      expect(await cache.raise('large', 9_007_199_254_740_991, minute)).toBe(9_007_199_254_740_991);
      await cache.raise('short', 1, 40);
      await until(async () => (await other.get('short')) === null);
      expect(await cache.raise('short', 0, minute)).toBe(0);
    });

    test('a counter counts every caller within its window', async () => {
      const counted = Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? cache : other).increment('count', minute),
      );
      expect((await Promise.all(counted)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 40 }, (_, i) => i + 1),
      );
      const begun = performance.now();
      expect(await cache.increment('window', 1_500)).toBe(1);
      await pause(700);
      expect(await cache.increment('window', 1_500)).toBe(2); // does not prolong it
      await until(async () => (await cache.get('window')) === null);
      expect(performance.now() - begun).toBeLessThan(2_150);
      expect(await cache.increment('window', 1_500)).toBe(1);
    });

    test('a claim has one winner until it runs out', async () => {
      const claims = Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? cache : other).claim('job', `${i}`, minute),
      );
      expect((await Promise.all(claims)).filter((won) => won)).toHaveLength(1);
      expect(await cache.claim('brief', 'a', 700)).toBe(true);
      expect(await other.claim('brief', 'b', 700)).toBe(false);
      await until(async () => (await cache.get('brief')) === null);
      expect(await other.claim('brief', 'b', 700)).toBe(true);
    });

    test('a bucket gives what it has, restores with time and takes back', async () => {
      const bucket = { maximum: 100, restoreRate: 20 };
      expect(await cache.takeFromBucket('b1', bucket, 60)).toEqual({
        taken: true,
        currentlyAvailable: 40,
        waitMs: 0,
      });
      const refused = await other.takeFromBucket('b1', bucket, 80);
      expect(refused.taken).toBe(false);
      expect(refused.currentlyAvailable).toBeGreaterThanOrEqual(40);
      expect(refused.currentlyAvailable).toBeLessThan(80);
      expect(refused.waitMs).toBeGreaterThan(0);
      expect(refused.waitMs).toBeLessThanOrEqual(2_000);
      await pause(refused.waitMs + 5);
      expect((await other.takeFromBucket('b1', bucket, 80)).taken).toBe(true);
      const back = await cache.takeFromBucket('b1', bucket, -500);
      expect(back).toEqual({ taken: true, currentlyAvailable: 100, waitMs: 0 });
      const never = await cache.takeFromBucket('b1', bucket, 101);
      expect(never).toEqual({ taken: false, currentlyAvailable: 100, waitMs: Number.POSITIVE_INFINITY });
      expect((await cache.takeFromBucket('b1', bucket, 0.5)).currentlyAvailable).toBeCloseTo(99.5, 5);
    });

    test('a bucket is never overdrawn by callers that come at once', async () => {
      const bucket = { maximum: 50, restoreRate: 0.001 };
      const takes = Array.from({ length: 100 }, (_, i) =>
        (i % 2 ? cache : other).takeFromBucket('b2', bucket, 1),
      );
      expect((await Promise.all(takes)).filter(({ taken }) => taken)).toHaveLength(50);
      const { taken, currentlyAvailable } = await cache.takeFromBucket('b2', bucket, 0);
      expect(taken).toBe(true);
      expect(currentlyAvailable).toBeLessThan(0.1);
    });

    test('a bucket that was made smaller holds no more than its new maximum', async () => {
      await cache.takeFromBucket('b3', { maximum: 1_000, restoreRate: 1 }, 10);
      const { currentlyAvailable } = await cache.takeFromBucket('b3', { maximum: 100, restoreRate: 1 }, 0);
      expect(currentlyAvailable).toBe(100);
    });

    test('holders share a limit, and those that are silent are forgotten', async () => {
      expect(await cache.hold('h1', 'one', 2, 3, minute)).toEqual({ taken: true, total: 2 });
      expect(await other.hold('h1', 'two', 1, 3, 50)).toEqual({ taken: true, total: 3 });
      expect(await cache.hold('h1', 'one', 3, 3, minute)).toEqual({ taken: false, total: 3 });
      // What somebody has already stays his, also when the limit was made smaller.
      expect(await cache.hold('h1', 'one', 2, 1, minute)).toEqual({ taken: true, total: 3 });
      await until(async () => (await cache.hold('h1', 'one', 3, 3, minute)).taken);
      expect(await other.hold('h1', 'two', 1, 3, minute)).toEqual({ taken: false, total: 3 });
      expect(await cache.hold('h1', 'one', 0, 3, minute)).toEqual({ taken: true, total: 0 });
      expect(await other.hold('h1', 'two', 5, Number.POSITIVE_INFINITY, minute)).toEqual({
        taken: true,
        total: 5,
      });
    });

    test('holders that come at once do not pass the limit', async () => {
      const holds = Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? cache : other).hold('h2', `holder ${i}`, 1, 10, minute),
      );
      expect((await Promise.all(holds)).filter(({ taken }) => taken)).toHaveLength(10);
    });
  });
}
