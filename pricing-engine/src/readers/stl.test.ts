import { describe, expect, test } from '@jest/globals';
import { asciiStl, binaryStl, cube, utf8 } from '../../test/shapes.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { readModel } from './read-model.ts';

const read = (bytes: Uint8Array, limits: Partial<Limits> = {}) =>
  readModel(bytes.slice(), { ...defaultLimits, ...limits }); // it uses them up
const code = (code: string) => expect.objectContaining({ name: 'Refusal', code });
const soup = cube(10);
const text = asciiStl(soup);

describe('binary STL', () => {
  test('is known by its size, whatever its header says', () => {
    expect([...read(binaryStl(soup)).coordinates]).toEqual(soup);
    expect([...read(binaryStl(soup, 'solid facet normal outer loop')).coordinates]).toEqual(soup);
  });

  test('is read by the size of the file where its count is wrong, and says so', () => {
    const wrong = binaryStl(soup);
    for (const count of [0, 6, 24, 0xffff_ffff]) {
      new DataView(wrong.buffer).setUint32(80, count, true);
      expect(read(wrong)).toMatchObject({ oddities: ['TRIANGLE_COUNT_WRONG'] });
      expect([...read(wrong).coordinates]).toEqual(soup);
    }
  });

  test('may have something behind its last triangle, but not end before it', () => {
    const long = new Uint8Array([...binaryStl(soup), 1, 2, 3]);
    expect(read(long)).toMatchObject({ oddities: ['TRAILING_BYTES'] });
    expect(() => read(binaryStl(soup).subarray(0, 400))).toThrow(code('FILE_TRUNCATED'));
  });

  test('of nothing is refused: zeros, a header alone, less than a header', () => {
    expect(() => read(new Uint8Array(65_536))).toThrow(code('MODEL_EMPTY'));
    expect(() => read(new Uint8Array(84))).toThrow(code('MODEL_EMPTY'));
    expect(() => read(new Uint8Array(40))).toThrow(code('FORMAT_UNKNOWN'));
    expect(() => read(new Uint8Array(0))).toThrow(code('FILE_EMPTY'));
  });

  test('beyond a limit is refused with the name of the limit', () => {
    expect(() => read(binaryStl(soup), { maxTriangles: 11 })).toThrow(/limit \(maxTriangles\) is 11/);
    expect(() => read(binaryStl(soup), { maxBytes: 100 })).toThrow(/limit \(maxBytes\)/);
  });
});

describe('ASCII STL', () => {
  test.each([
    ['as written', text],
    ['in upper case', text.toUpperCase()],
    ['with CRLF', text.replaceAll('\n', '\r\n')],
    ['with CR', text.replaceAll('\n', '\r')],
    ['with a byte order mark', `\ufeff${text}`],
    ['without endsolid', text.replace(/endsolid.*/, '')],
    ['with a misleading name', asciiStl(soup, 'facet vertex 1 2 solid')],
    ['indented with tabs', text.replaceAll('\n', '\n\t\t')],
    ['on one line behind its name', text.replaceAll('\n', ' ').replace('piece ', 'piece\n')],
  ])('is read %s', (_, spelling) => {
    expect([...read(utf8(spelling)).coordinates]).toEqual(soup);
  });

  test('in UTF-16 is read', () => {
    const bytes = new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect([...read(bytes).coordinates]).toEqual(soup);
  });

  test('may hold several solids, empty ones among them', () => {
    const several = text + asciiStl(cube(5)) + asciiStl([]);
    expect(read(utf8(several)).coordinates).toHaveLength(soup.length * 2);
  });

  test('with decimal commas is read, and says so', () => {
    const commas = text.replaceAll('.', ',');
    expect(read(utf8(commas))).toMatchObject({ oddities: ['DECIMAL_COMMAS'] });
    expect([...read(utf8(commas)).coordinates]).toEqual(soup);
  });

  test.each([
    ['a corner short', text.replace(/ +vertex.*\n/, ''), 'FILE_DAMAGED'],
    ['a word for a number', text.replace('10.0000000', 'ten'), 'FILE_DAMAGED'],
    ['nan for a number', text.replace('10.0000000', 'nan'), 'NOT_FINITE'],
    ['-1.#IND for a number', text.replace('10.0000000', '-1.#IND'), 'NOT_FINITE'],
    ['1e999 for a number', text.replace('10.0000000', '1e999'), 'NOT_FINITE'],
    ['an end in the middle', text.slice(0, 100), 'FILE_TRUNCATED'],
    ['no facet at all', 'solid nothing\nendsolid nothing\n', 'MODEL_EMPTY'],
    ['prose', 'solid advice is hard to find', 'FORMAT_UNKNOWN'],
  ])('with %s is refused', (_, spelling, expected) => {
    expect(() => read(utf8(spelling))).toThrow(code(expected));
  });

  test('names the line of a mistake', () => {
    const line = text.split('\n').findIndex((words) => words.includes('10.0000000')) + 1;
    expect(() => read(utf8(text.replace('10.0000000', 'ten')))).toThrow(`line ${line}: expected a number`);
  });
});
