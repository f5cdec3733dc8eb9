import { describe, expect, test } from '@jest/globals';
import { pauseMs, RetryBudget, readRetryAfter } from './retry.ts';

describe('retries', () => {
  test('are a share of the requests of the last ten seconds, and a few always', () => {
    const budget = new RetryBudget(20);
    const taken = (now: number, wanted: number) =>
      Array.from({ length: wanted }, () => budget.take(now)).filter(Boolean).length;
    expect(taken(0, 10)).toBe(5);
    for (let i = 0; i < 100; i++) budget.request(5_000);
    expect(taken(5_000, 100)).toBe(15);
    expect(taken(12_000, 100)).toBe(5);
    expect(taken(60_000, 100)).toBe(5);
    expect(new RetryBudget(0).take(0)).toBe(false);
  });

  test('pause longer each time, each for itself, and as long as they are told', () => {
    const settings = { max: 5, backoffMs: 10, maxBackoffMs: 35, budgetPercent: 20 };
    for (const [attempts, longest] of [
      [1, 10],
      [2, 20],
      [3, 35],
      [9, 35],
    ] as const) {
      const pauses = Array.from({ length: 200 }, () => pauseMs(settings, attempts, 0));
      expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
      expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(longest / 2);
      expect(pauseMs(settings, attempts, 1_000)).toBeGreaterThanOrEqual(1_000);
    }
  });

  test('read Retry-After in both of its forms', () => {
    expect(readRetryAfter('3')).toBe(3_000);
    expect(readRetryAfter(new Date(Date.now() + 10_000).toUTCString())).toBeGreaterThan(8_000);
    for (const nothing of [undefined, '', 'soon', '-1', ['1', '2'], new Date(0).toUTCString()]) {
      expect(readRetryAfter(nothing)).toBe(0);
    }
  });
});
