import { expect, test } from '@jest/globals';
import { about, bandPercent } from './about.ts';

const spaced = (text: string) => text.replace(/\s/g, ' ');

test('an estimate is told with three digits', () => {
  expect(spaced(about('ru', 1_234_567, 'RUB'))).toBe('12 300 ₽');
  expect(about('en', 1_234_567, 'RUB')).toBe('₽12,300');
  expect(spaced(about('ru', 98_749, 'RUB'))).toBe('987 ₽');
  expect(spaced(about('ru', 450, 'RUB'))).toBe('5 ₽');
});

test('the band is the wider side of it', () => {
  expect(bandPercent({ totalMinor: 1_000, lowestMinor: 990, highestMinor: 1_075 })).toBe(8);
  expect(bandPercent({ totalMinor: 1_000, lowestMinor: 850, highestMinor: 1_075 })).toBe(15);
  expect(bandPercent({ totalMinor: 1_000, lowestMinor: 1_000, highestMinor: 1_000 })).toBe(1);
});
