import { expect, test } from '@jest/globals';
import { money } from './money.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('kopecks become roubles in the words of the language', () => {
  expect(plain(money('ru', 1_234_567, 'RUB'))).toBe('12 345,67 ₽');
  expect(plain(money('en', 1_234_567, 'RUB'))).toBe('₽12,345.67');
  expect(plain(money('ru', 5, 'RUB'))).toBe('0,05 ₽');
  expect(plain(money('ru', -150, 'RUB'))).toBe('-1,50 ₽');
});

test('the largest amount the graph can carry loses no kopeck', () => {
  expect(plain(money('ru', Number.MAX_SAFE_INTEGER, 'RUB'))).toBe('90 071 992 547 409,91 ₽');
});

test('a currency without a smaller unit has no decimals', () => {
  expect(money('en', 1_500, 'JPY')).toBe('¥1,500');
});

test('fractions of the smallest unit are refused', () => {
  expect(() => money('ru', 1.5, 'RUB')).toThrow('whole minor units');
});
