import { describe, expect, test } from '@jest/globals';
import { utf8, volume } from '../../test/shapes.ts';
import { defaultLimits } from '../limits.ts';
import { readModel } from './read-model.ts';

const points = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i & 1 ? 10 : 0, i & 2 ? 10 : 0, i & 4 ? 10 : 0]);
const quads = [
  [0, 2, 3, 1],
  [4, 5, 7, 6],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 4, 6, 2],
  [1, 3, 7, 5],
];
const header = (format: string, faces = 6) =>
  [
    'ply',
    `format ${format} 1.0`,
    'comment made by hand',
    'element vertex 8',
    'property double x',
    'property uchar red',
    'property double y',
    'property double z',
    `element face ${faces}`,
    'property list uchar int vertex_indices',
    'property list uchar float texcoord',
    'end_header',
    '',
  ].join('\n');
const read = (bytes: Uint8Array) => readModel(bytes, defaultLimits);
const code = (code: string) => expect.objectContaining({ name: 'Refusal', code });

const ascii =
  header('ascii') +
  points.map(([x, y, z]) => `${x} 200 ${y} ${z}\n`).join('') +
  quads.map((quad) => `4 ${quad.join(' ')} 2 0.5 0.5\n`).join('');

function binary(little: boolean): Uint8Array {
  const head = utf8(header(little ? 'binary_little_endian' : 'binary_big_endian'));
  const bytes = new Uint8Array(head.length + 8 * 25 + 6 * (1 + 16 + 1 + 8));
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  let at = head.length;
  for (const [x, y, z] of points) {
    view.setFloat64(at, x!, little);
    view.setUint8(at + 8, 200);
    view.setFloat64(at + 9, y!, little);
    view.setFloat64(at + 17, z!, little);
    at += 25;
  }
  for (const quad of quads) {
    view.setUint8(at++, 4);
    for (const corner of quad) {
      view.setInt32(at, corner, little);
      at += 4;
    }
    view.setUint8(at++, 2);
    at += 8;
  }
  return bytes;
}

describe('PLY', () => {
  test.each([
    ['ASCII', utf8(ascii)],
    ['ASCII with CRLF', utf8(ascii.replaceAll('\n', '\r\n'))],
    ['little-endian', binary(true)],
    ['big-endian', binary(false)],
  ])('in %s is a cube', (_, bytes) => {
    const soup = read(bytes);
    expect(soup.format).toBe('ply');
    expect(volume([...soup.coordinates])).toBeCloseTo(1000, 9);
  });

  test.each([
    ['a cut end', binary(true).subarray(0, 300), 'FILE_TRUNCATED'],
    ['more faces than bytes', utf8(header('binary_little_endian', 1_000_000)), 'FILE_TRUNCATED'],
    ['no end of the header', utf8('ply\nformat ascii 1.0\n'), 'FILE_DAMAGED'],
    ['an unknown format', utf8(ascii.replace('ascii', 'braille')), 'FILE_DAMAGED'],
    ['an unknown type', utf8(ascii.replace('uchar red', 'colour red')), 'FILE_DAMAGED'],
    ['a negative count', utf8(ascii.replace('vertex 8', 'vertex -8')), 'FILE_DAMAGED'],
    ['an index past the end', utf8(ascii.replace('4 0 2 3 1', '4 0 2 3 8')), 'INDEX_OUT_OF_RANGE'],
    ['nan', utf8(ascii.replace('10 200', 'nan 200')), 'NOT_FINITE'],
  ])('with %s is refused', (_, bytes, expected) => {
    expect(() => read(bytes)).toThrow(code(expected));
  });
});
