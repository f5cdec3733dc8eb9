import { expect, test } from '@jest/globals';
import { orderNumber, readOrderNumber } from './order-number.ts';

test('an order number has six digits at least', () => {
  expect([orderNumber(123), orderNumber(12_345_678)]).toEqual(['A-000123', 'A-12345678']);
});

test('a number is found however it is typed', () => {
  expect(['A-000123', ' a-123 ', 'A123', 'a000123'].map(readOrderNumber)).toEqual(Array(4).fill('A-000123'));
  expect(['', 'A-', 'B-1', '123', 'A-0', "A-1' or", 'A-1\0'].map(readOrderNumber)).toEqual(
    Array(7).fill(null),
  );
});
