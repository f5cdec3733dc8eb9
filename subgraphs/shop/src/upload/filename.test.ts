import { expect, test } from '@jest/globals';
import { cleanFilename } from './filename.ts';

test.each([
  ['ring.stl', 'ring.stl'],
  [' кольцо № 1.obj ', 'кольцо № 1.obj'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\models\\ring.stl', 'ring.stl'],
  ['ring\r\nx: y.stl', 'ringx: y.stl'],
  ['ring\0.stl', 'ring.stl'],
  ['gnp.\u202Elts', 'gnp.lts'],
  ['', 'model'],
  ['..', 'model'],
  ['/', 'model'],
])('%j is %j', (given, clean) => {
  expect(cleanFilename(given)).toBe(clean);
});

test('a long name keeps its ending', () => {
  const name = cleanFilename(`${'я'.repeat(400)}.stl`);
  expect([...name]).toHaveLength(255);
  expect(name).toMatch(/я\.stl$/);
});
