import { expect, test } from '@jest/globals';
import { trackingNumber } from './tracking-number.ts';

test('keeps what carriers print, tidied', () => {
  expect(trackingNumber('RU123456789')).toBe('RU123456789');
  expect(trackingNumber('  1z 999  aa1 ')).toBe('1Z 999 AA1');
  expect(trackingNumber('trk-42')).toBe('TRK-42');
});

test.each([
  '',
  '   ',
  'A1',
  '- - - -',
  '<b>12345</b>',
  'RU123456789; drop table',
  'x'.repeat(41),
  'номер123',
])('refuses %j', (text) => {
  expect(trackingNumber(text)).toBeNull();
});
