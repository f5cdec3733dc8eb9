import { expect, test } from '@jest/globals';
import { stagger } from './stagger.ts';

test('everyone has a turn, in no order, spread over the time', async () => {
  const begun = performance.now();
  const turns: { one: number; at: number }[] = [];
  await stagger(Array.from({ length: 200 }).keys(), 300, (one) => {
    turns.push({ one, at: performance.now() - begun });
  });
  expect(turns.map(({ one }) => one).sort((a, b) => a - b)).toEqual([...Array(200).keys()]);
  expect(turns.map(({ one }) => one)).not.toEqual([...Array(200).keys()]);
  expect(turns.filter(({ at }) => at < 150).length).toBeGreaterThan(20);
  expect(turns.filter(({ at }) => at >= 150).length).toBeGreaterThan(20);
});

test('a few do not take the whole time', async () => {
  const begun = performance.now();
  await stagger([1, 2], 10_000, () => undefined);
  expect(performance.now() - begun).toBeLessThan(1_000);
});
