import { expect, test } from '@jest/globals';
import { costOf } from './answer.ts';
import { availableNow } from './budget.ts';

test('a bucket refills between answers and never above its size', () => {
  const budget = { maximumAvailable: 10_000, currentlyAvailable: 400, restoreRate: 500, at: 1_000 };
  expect(availableNow(budget, 1_000)).toBe(400);
  expect(availableNow(budget, 3_000)).toBe(1_400);
  expect(availableNow(budget, 1_000_000)).toBe(10_000);
  expect(availableNow(budget, 0)).toBe(400);
});

test('the cost of an answer is read where it is, and only there', () => {
  const throttleStatus = { maximumAvailable: 1, currentlyAvailable: 1, restoreRate: 1 };
  expect(costOf({ cost: { requestedQueryCost: 12, actualQueryCost: null, throttleStatus } })).toEqual({
    requestedQueryCost: 12,
    actualQueryCost: null,
    throttleStatus,
  });
  for (const extensions of [undefined, {}, { cost: { requestedQueryCost: 1 } }])
    expect(costOf(extensions)).toBeNull();
});
