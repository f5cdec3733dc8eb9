import { describe, expect, test } from '@jest/globals';
import { missedBy, widened, widening } from './band.ts';

const band = { totalMinor: 1_000, lowestMinor: 950, highestMinor: 1_100 };

describe('the band of an estimate', () => {
  test('is widened to both sides, and is never narrower than 2 % of the price', () => {
    expect(widened(band, 1)).toEqual(band);
    expect(widened(band, 2)).toEqual({ totalMinor: 1_000, lowestMinor: 900, highestMinor: 1_200 });
    expect(widened({ totalMinor: 1_000, lowestMinor: 1_000, highestMinor: 1_001 }, 1)).toEqual({
      totalMinor: 1_000,
      lowestMinor: 980,
      highestMinor: 1_020,
    });
    expect(widened(band, 50).lowestMinor).toBe(0);
  });

  test('is missed by how much wider it would have had to be', () => {
    expect(missedBy(band, 1_050)).toBe(0.5);
    expect(missedBy(band, 1_200)).toBe(2);
    expect(missedBy(band, 900)).toBe(2);
  });

  test('is widened by experience, so that nine of ten hold the price, and not by a few', () => {
    expect(widening(Array(19).fill(9))).toBe(1);
    // Bands that are twice too narrow: the errors are even between 0 and 2 of their half.
    const missed = Array.from({ length: 200 }, (_, index) => index / 100);
    const factor = widening(missed);
    expect(missed.filter((each) => each <= factor).length).toBeGreaterThanOrEqual(190);
    expect(factor).toBeLessThan(2);
    expect(widening(Array(100).fill(0.1))).toBe(1);
    expect(widening(Array(100).fill(1_000))).toBe(5);
  });
});
