import { expect, test } from '@jest/globals';
import { isoDuration } from './iso-duration.ts';

test.each([
  [0, 'PT0S'],
  [5, 'PT0.005S'],
  [61_000, 'PT1M1S'],
  [3_600_000, 'PT1H'],
  [86_400_000, 'P1D'],
  [21 * 86_400_000 + 2 * 3_600_000 + 3 * 60_000 + 4_005, 'P21DT2H3M4.005S'],
])('%d ms are %s', (ms, text) => {
  expect(isoDuration(ms)).toBe(text);
});
