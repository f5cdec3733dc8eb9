import { expect, test } from '@jest/globals';
import { studio } from './studio.ts';

test('the studio is brighter above than below, and nowhere without light', () => {
  const size = 64;
  const pixels = studio(size);
  expect(pixels).toHaveLength(size * size * 4);
  const row = (share: number) => {
    const from = Math.floor(share * size) * size * 4;
    const greys = [...pixels.subarray(from, from + size * 4)].filter((_, i) => i % 4 === 0);
    return greys.reduce((sum, grey) => sum + grey, 0) / size;
  };
  expect(row(0.75)).toBeGreaterThan(row(0.3));
  expect(Math.min(...pixels)).toBeGreaterThan(0);
  expect(Math.max(...pixels)).toBe(255);
});
