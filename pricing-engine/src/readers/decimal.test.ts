import { expect, test } from '@jest/globals';
import { decimal } from './decimal.ts';

const read = (text: string) => decimal(Buffer.from(text), 0, text.length);

test('numbers are read as Number reads them', () => {
  const exact = [
    '0',
    '-0.0',
    '1',
    '+1',
    '.5',
    '5.',
    '-12.75e-3',
    '1E+05',
    '3.141592653589793',
    '1e22',
    '1e23',
  ];
  const long = ['123456789012345678901234567890', '0.1234567890123456789', '1e-300', '4.9e-324', '1e309'];
  for (const text of [...exact, ...long]) expect(read(text)).toBe(Number(text) + 0);
  let seed = 1;
  for (let round = 0; round < 5000; round++) {
    seed = (seed * 48271) % 2147483647;
    const text = ((seed - 1e9) * 10 ** ((seed % 37) - 18)).toPrecision(1 + (seed % 17));
    expect(read(text)).toBe(Number(text));
  }
});

test('Fortran exponents and decimal commas are understood', () => {
  expect(read('1.5d2')).toBe(150);
  expect(read('2,5')).toBe(2.5);
  expect(read('2,12345678901234567e1')).toBe(21.234567890123458);
});

test('what is no number is NaN', () => {
  for (const text of ['', '-', '.', 'e5', '1e', '1e+', '1x', '0x10', 'nan', 'inf', '1.2.3', '--1'])
    expect(read(text)).toBeNaN();
});
