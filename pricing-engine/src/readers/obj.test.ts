import { describe, expect, test } from '@jest/globals';
import { utf8, volume } from '../../test/shapes.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { readModel } from './read-model.ts';

const corners = 'v 0 0 0\nv 10 0 0\nv 10 10 0\nv 0 10 0\nv 0 0 10\nv 10 0 10\nv 10 10 10\nv 0 10 10\n';
const quads = ['4 3 2 1', '5 6 7 8', '1 2 6 5', '2 3 7 6', '3 4 8 7', '4 1 5 8'];
const faces = (form: (corner: string) => string) =>
  quads.map((quad) => `f ${quad.split(' ').map(form).join(' ')}\n`).join('');
const plain = corners + faces((corner) => corner);
const read = (text: string, limits: Partial<Limits> = {}) =>
  readModel(utf8(text), { ...defaultLimits, ...limits });
const code = (code: string) => expect.objectContaining({ name: 'Refusal', code });

describe('OBJ', () => {
  test.each([
    ['quads', plain],
    ['v/vt', corners + faces((corner) => `${corner}/1`)],
    ['v//vn', corners + faces((corner) => `${corner}//3`)],
    ['v/vt/vn', corners + faces((corner) => `${corner}/1/2`)],
    ['negative indices', corners + faces((corner) => `${Number(corner) - 9}`)],
    ['continued lines', plain.replaceAll(/ (?=\d+ \d+\n)/g, ' \\\n  ')],
    ['continued lines and CRLF', plain.replaceAll(/ (?=\d+ \d+\n)/g, ' \\\n').replaceAll('\n', '\r\n')],
    ['CR alone', plain.replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${plain}`],
    ['no line end at the end', plain.trimEnd()],
    [
      'comments and other words',
      `# a cube\nmtllib a.mtl\no cube\n${plain.replaceAll('\nf', ' # here\ns off\nf')}`,
    ],
    ['colours that are no numbers', plain.replaceAll(/^(v .*)$/gm, '$1 nan nan nan')],
    ['faces of two corners', `${plain}f 1 2\n`],
  ])('with %s is a cube', (_, text) => {
    const soup = read(text);
    expect(soup.format).toBe('obj');
    expect(volume([...soup.coordinates])).toBeCloseTo(1000, 9);
    expect(soup.coordinates).toHaveLength(12 * 9);
  });

  test('cuts a concave polygon without folding it over', () => {
    // An arrowhead of 12 mm²; the fan from its first corner would cover more.
    const soup = read('v 0 0 0\nv 4 -4 0\nv 0 4 0\nv -4 -4 0\nf 1 2 3 4\n').coordinates;
    let area = 0;
    for (let at = 0; at < soup.length; at += 9) {
      const [ax, ay, , bx, by, , cx, cy] = soup.slice(at, at + 9) as unknown as number[];
      area += Math.abs((bx! - ax!) * (cy! - ay!) - (by! - ay!) * (cx! - ax!)) / 2;
    }
    expect(area).toBeCloseTo(16, 9);
  });

  test.each([
    ['an index past the end', `${corners}f 1 2 99\n`, 'INDEX_OUT_OF_RANGE'],
    ['the index 0', `${corners}f 0 1 2\n`, 'INDEX_OUT_OF_RANGE'],
    ['a negative index past the start', `${corners}f -9 1 2\n`, 'INDEX_OUT_OF_RANGE'],
    ['a fraction for an index', `${corners}f 1.5 2 3\n`, 'INDEX_OUT_OF_RANGE'],
    ['two coordinates', 'v 1 2\nf 1 1 1\n', 'FILE_DAMAGED'],
    ['a word for a coordinate', 'v 1 2 x\n', 'FILE_DAMAGED'],
    ['nan for a coordinate', 'v 1 2 nan\n', 'NOT_FINITE'],
    ['no faces', corners, 'MODEL_EMPTY'],
  ])('with %s is refused', (_, text, expected) => {
    expect(() => read(text)).toThrow(code(expected));
  });

  test('beyond a limit is refused with the name of the limit', () => {
    expect(() => read(plain, { maxTriangles: 11 })).toThrow(/maxTriangles/);
  });
});
