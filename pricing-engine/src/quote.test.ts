import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import { describe, expect, test } from '@jest/globals';
import { measure } from '../test/measure.ts';
import { binaryStl, box, cube, insideOut, type Soup, torus } from '../test/shapes.ts';
import { quote } from './quote.ts';

const tariff = loadTariffs().at(-1)!;
const options = { alloy: 'SILVER_925', finish: 'POLISHED', quantity: 1 };

async function quoted(soup: Soup) {
  const { file, features } = await measure(binaryStl(soup));
  return quote(file, features, options, tariff, 'en');
}

describe('what is found about making a piece', () => {
  test.each<[string, Soup, Record<string, string>]>([
    ['a sound ring', torus(9, 1.2), {}],
    ['a closed void', [...cube(10), ...insideOut(cube(5, [2, 2, 2]))], { CLOSED_VOID: 'ERROR' }],
    ['a sheet', box([0, 0, 0], [20, 20, 0.3]), { THIN_WALL: 'ERROR' }],
    ['a foil', box([0, 0, 0], [20, 20, 0.02]), { THIN_WALL: 'ERROR', FINE_DETAIL: 'WARNING' }],
    [
      'a thin spot',
      [...box([0, 0, 0], [20, 20, 3]), ...box([30, 0, 0], [34, 4, 0.3])],
      { THIN_WALL: 'WARNING' },
    ],
    ['overlapping shells', [...cube(10), ...cube(10, [5, 0, 0])], { SHELLS_OVERLAP: 'INFO' }],
    ['what was repaired', insideOut(cube(10)), { MODEL_REPAIRED: 'INFO' }],
    ['inches', cube(1.5), { UNIT_DOUBTFUL: 'WARNING' }],
    [
      'a chair',
      cube(400),
      { UNIT_DOUBTFUL: 'WARNING', TOO_LARGE_FOR_PRINTER: 'ERROR', TOO_LARGE_FOR_FLASK: 'ERROR' },
    ],
  ])('%s', async (_, soup, expected) => {
    const { manufacturability, price } = await quoted(soup);
    expect(Object.fromEntries(manufacturability.map(({ code, severity }) => [code, severity]))).toEqual(
      expected,
    );
    expect(manufacturability.every(({ messages }) => messages!.en !== '' && messages!.ru !== '')).toBe(true);
    // A finding never refuses a price.
    expect(price.totalMinor).toBeGreaterThan(0);
  });

  test('is said in the language that is asked for', async () => {
    const { file, features } = await measure(binaryStl(insideOut(cube(10))));
    const { manufacturability, price } = quote(file, features, options, tariff, 'ru');
    expect(manufacturability[0]!.message).toMatch(/исправлена/);
    expect(price.lines.at(-1)!.label).toBe('НДС');
  });
});

test('the smallest and the largest that can be measured have a price or a coded refusal', async () => {
  expect((await quoted(cube(1e-6))).price.totalMinor).toBeGreaterThan(0);
  await expect(quoted(cube(9e6))).rejects.toMatchObject({ code: 'PRICE_OUT_OF_RANGE' });
});
