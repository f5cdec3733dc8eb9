import { readFileSync } from 'node:fs';
import { tariffAt } from '@alexandrite/tariff';
import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import { fixingAt, parseFixings, withFixing } from '@alexandrite/tariff/metal-fixings';
import type { PriceOptions } from '@alexandrite/tariff/price';
import { describe, expect, test } from '@jest/globals';
import { measure } from '../test/measure.ts';
import { binaryStl, box, cube, insideOut, type Soup, torus } from '../test/shapes.ts';
import type { Measured } from './measure-model.ts';
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
    ['a ring of thin wire', torus(9, 0.28), { THIN_WIRE: 'ERROR' }],
    [
      'a thin pin on something sound',
      [...box([0, 0, 0], [8, 8, 3]), ...box([1, 1, 3], [1.45, 1.45, 9])],
      { THIN_WIRE: 'WARNING', THIN_WALL: 'WARNING' },
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

describe('an old price', () => {
  // As it was written down when it was made, with the features it was made of.
  const kept = JSON.parse(
    readFileSync(new URL('../models/priced-signet.json', import.meta.url), 'utf8'),
  ) as Pick<Measured, 'file' | 'features'> & {
    options: PriceOptions;
    priced: { tariffVersion: string; totalMinor: number; vatMinor: number; lines: Record<string, number> }[];
  };

  test.each(kept.priced.map((priced) => [priced.tariffVersion, priced] as const))(
    'is computed again from stored features and the tariff %s, kopeck by kopeck',
    (version, { totalMinor, vatMinor, lines }) => {
      const then = loadTariffs().find((each) => each.version === version)!;
      const { price } = quote(kept.file, kept.features, kept.options, then, 'ru');
      expect(price).toMatchObject({ tariffVersion: version, totalMinor, vatMinor });
      expect(Object.fromEntries(price.lines.map(({ code, amountMinor }) => [code, amountMinor]))).toEqual(
        lines,
      );
    },
  );

  test('with the feed’s price of the day, too', () => {
    const fixings = parseFixings(
      JSON.stringify({
        fixings: [
          { asOf: '2026-11-19', validFrom: '2026-11-19T15:00:00+03:00', minorPerGram: { GOLD: 1_200_000 } },
          { asOf: '2026-11-20', validFrom: '2026-11-20T15:00:00+03:00', minorPerGram: { GOLD: 1_260_000 } },
        ],
      }),
      'kept',
    );
    const on = (day: string) => {
      const at = new Date(day);
      const fixed = withFixing(tariffAt(loadTariffs(), at), fixingAt(fixings, at));
      return quote(kept.file, kept.features, kept.options, fixed, 'en').price;
    };
    const [before, after] = [on('2026-11-20T11:59:59Z'), on('2026-11-20T12:00:00Z')];
    expect([before.metalAsOf, after.metalAsOf]).toEqual(['2026-11-19', '2026-11-20']);
    const metal = (of: typeof before) => of.lines.find(({ code }) => code === 'METAL')!.amountMinor;
    expect(metal(after) / metal(before)).toBeCloseTo(1.05, 6);
    expect(on('2026-11-20T11:59:59Z')).toEqual(before);
  });
});

test('a metal price that is too old is said, once', async () => {
  const { file, features } = await measure(binaryStl(cube(5)));
  const { manufacturability } = quote(file, features, options, tariff, 'ru', { metalIsStale: true });
  expect(manufacturability.filter(({ code }) => code === 'METAL_PRICE_STALE')).toMatchObject([
    { severity: 'INFO', message: expect.stringContaining('2026-10-30') },
  ]);
});
