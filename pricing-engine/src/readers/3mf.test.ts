import { describe, expect, test } from '@jest/globals';
import { volume } from '../../test/shapes.ts';
import { zip } from '../../test/zip.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { readModel } from './read-model.ts';

const relations = (target: string) =>
  `<?xml version="1.0"?><Relationships><Relationship Id="r" Target="${target}" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>`;
const points = [0, 1, 2, 3, 4, 5, 6, 7]
  .map((i) => `<vertex x="${i & 1}" y="${(i & 2) / 2}" z="${(i & 4) / 4}"/>`)
  .join('');
const triangles = '023 031 457 476 015 054 267 273 046 062 137 175'
  .split(' ')
  .map(([a, b, c]) => `<triangle v1="${a}" v2="${b}" v3="${c}"/>`)
  .join('');
const cube = `<mesh><vertices>${points}</vertices><triangles>${triangles}</triangles></mesh>`;
const model = (resources: string, build: string, unit = 'millimeter') =>
  `<?xml version="1.0"?><!-- > --><model unit="${unit}" xmlns="x" xmlns:p="y"><metadata name="a>b">t</metadata><resources>${resources}</resources><build>${build}</build></model>`;
const object = (id: number, inside: string, type = 'model') =>
  `<object id="${id}" type="${type}">${inside}</object>`;
const components = (...ids: number[]) =>
  `<components>${ids.map((id) => `<component objectid="${id}"/>`).join('')}</components>`;
const packed = (text: string, more: Record<string, string> = {}) =>
  zip({ '_rels/.rels': relations('/3D/3dmodel.model'), '3D/3dmodel.model': text, ...more });
const read = (bytes: Uint8Array, limits: Partial<Limits> = {}) =>
  readModel(bytes, { ...defaultLimits, ...limits });
const volumeOf = (text: string) => volume([...read(packed(text)).coordinates]);
const code = (code: string) => expect.objectContaining({ name: 'Refusal', code });
const item = '<item objectid="1"/>';

describe('3MF', () => {
  test.each([
    ['millimeter', 1],
    ['micron', 1e-9],
    ['centimeter', 1e3],
    ['inch', 25.4 ** 3],
    ['foot', 304.8 ** 3],
    ['meter', 1e9],
  ])('in %s is measured in millimetres', (unit, expected) => {
    expect(volumeOf(model(object(1, cube), item, unit)) / expected).toBeCloseTo(1, 9);
  });

  test('follows components and transforms, mirrored ones too', () => {
    const twice = '<item objectid="2" transform="2 0 0 0 2 0 0 0 2 100 0 0"/>';
    const both = object(1, cube) + object(2, components(1, 1));
    expect(volumeOf(model(both, twice))).toBeCloseTo(16, 6);
    expect(
      volumeOf(model(object(1, cube), '<item objectid="1" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>')),
    ).toBeCloseTo(1, 9);
  });

  test('follows components into other parts of the package', () => {
    const root = model(
      object(1, '<components><component objectid="7" p:path="/3D/b.model"/></components>'),
      item,
    );
    const bytes = packed(root, { '3D/b.model': model(object(7, cube), '') });
    expect(volume([...read(bytes).coordinates])).toBeCloseTo(1, 9);
  });

  test('leaves out what is no part of the piece', () => {
    const text = model(object(1, cube) + object(2, cube, 'support'), `${item}<item objectid="2"/>`);
    expect(volumeOf(text)).toBeCloseTo(1, 9);
  });

  const bomb = Array.from({ length: 12 }, (_, level) =>
    object(level + 2, components(...Array.from({ length: 10 }, () => level + 1))),
  ).join('');
  test.each([
    ['a component bomb', model(object(1, cube) + bomb, '<item objectid="13"/>'), 'TOO_MANY_TRIANGLES'],
    ['a bomb of nothing', model(object(1, '') + bomb, '<item objectid="13"/>'), 'MODEL_EMPTY'],
    ['a cycle', model(object(1, components(2)) + object(2, components(1)), item), 'FILE_DAMAGED'],
    ['an empty build', model(object(1, cube), ''), 'MODEL_EMPTY'],
    ['an object that is not there', model(object(1, cube), '<item objectid="9"/>'), 'FILE_DAMAGED'],
    ['an index past the end', model(object(1, cube.replace('v1="0"', 'v1="8"')), item), 'INDEX_OUT_OF_RANGE'],
    ['nan', model(object(1, cube.replace('x="0"', 'x="NaN"')), item), 'NOT_FINITE'],
    [
      'a transform of eleven numbers',
      model(object(1, cube), '<item objectid="1" transform="1 0 0 0 1 0 0 0 1 0 0"/>'),
      'FILE_DAMAGED',
    ],
    ['an unknown unit', model(object(1, cube), item, 'cubit'), 'FILE_DAMAGED'],
    [
      'a document type',
      model(object(1, cube), item).replace('<model', '<!DOCTYPE model [<!ENTITY a "b">]><model'),
      'FILE_DAMAGED',
    ],
    ['a cut end', model(object(1, cube), item).slice(0, 700), 'FILE_TRUNCATED'],
  ])('with %s is refused', (_, text, expected) => {
    expect(() => read(packed(text))).toThrow(code(expected));
  });

  test('refuses archives that are none, lack the model, or unpack beyond the limit', () => {
    const whole = packed(model(object(1, cube), item));
    expect(() => read(whole.subarray(0, whole.length - 30))).toThrow(code('FILE_TRUNCATED'));
    expect(() => read(zip({ 'a.txt': 'x' }))).toThrow(code('FILE_DAMAGED'));
    expect(() => read(zip({ '_rels/.rels': relations('/3D/none.model') }))).toThrow(code('FILE_DAMAGED'));
    const bomb = packed(model(object(1, cube), item) + ' '.repeat(3_000_000));
    expect(() => read(bomb, { maxBytes: 1_000_000 })).toThrow(code('FILE_TOO_LARGE'));
  });
});
