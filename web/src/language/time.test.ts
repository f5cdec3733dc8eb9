import { expect, test } from '@jest/globals';
import { span } from './time.ts';

test('a span shows its two largest units, without a nought between', () => {
  expect(span('en', 0.25)).toBe('0.3 sec');
  expect(span('en', 9.96)).toBe('10 sec');
  expect(span('en', 59)).toBe('59 sec');
  expect(span('en', 3_599.6)).toBe('1 hr');
  expect(span('en', 7_500)).toBe('2 hr 5 min');
  expect(span('en', 86_400 + 60)).toBe('1 day');
  expect(span('en', 5 * 86_400 + 7_200 + 60, 1)).toBe('5 days');
  expect(span('ru', 7_500).replaceAll('\u00a0', ' ')).toBe('2 ч 5 мин');
});
