import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { alloyCodes, catalogue, finishCodes } from './catalogue.ts';
import { loadTariffs } from './load-tariffs.ts';
import { parseTariff } from './parse-tariff.ts';
import { tariffAt } from './tariff.ts';

const own = join(import.meta.dirname, '..', 'data');
const json = readFileSync(join(own, '2026-11-01.json'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'tariffs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the tariffs of the package are valid, and the promised codes are there', () => {
  expect(loadTariffs().map((tariff) => tariff.version)).toEqual(['2025-07-01', '2026-01-01', '2026-11-01']);
  expect(alloyCodes()).toEqual(
    expect.arrayContaining(['SILVER_925', 'GOLD_585_YELLOW', 'GOLD_750_YELLOW', 'PLATINUM_950']),
  );
  expect(finishCodes()).toEqual(expect.arrayContaining(['RAW', 'POLISHED']));
  expect(catalogue().alloys.every(({ label }) => label.en !== '' && label.ru !== '')).toBe(true);
});

test('the tariff of a day is the last one that has begun', () => {
  const tariffs = loadTariffs();
  expect(tariffAt(tariffs, new Date('2026-01-15T00:00:00Z')).version).toBe('2026-01-01');
  expect(() => tariffAt(tariffs, new Date('2020-01-01T00:00:00Z'))).toThrow(
    expect.objectContaining({ code: 'NO_TARIFF' }),
  );
});

test.each<[string, (tariff: Record<string, never>) => void, RegExp]>([
  [
    'a missing number',
    (t) => delete t.vatPercent,
    /t\.json: vatPercent: expected a number from 0 to 100, got nothing/,
  ],
  [
    'a text for a number',
    (t) => set(t, 'alloys.BRASS.densityGcm3', '8.4'),
    /alloys\.BRASS\.densityGcm3: .*got "8\.4"/,
  ],
  [
    'a fraction of a kopeck',
    (t) => set(t, 'setupMinor', 1.5),
    /setupMinor: expected a whole number of minor units/,
  ],
  [
    'an unknown metal',
    (t) => set(t, 'alloys.BRASS.metal', 'TIN'),
    /alloys\.BRASS\.metal: expected one of GOLD/,
  ],
  ['a label in one language', (t) => set(t, 'finishes.RAW.label', { en: 'Raw' }), /finishes\.RAW\.label\.ru/],
  [
    'breaks out of order',
    (t) => set(t, 'quantityBreaks.2.from', 3),
    /quantityBreaks: expected steps with an ascending/,
  ],
  ['a day without a time zone', (t) => set(t, 'validFrom', '2026-01-01'), /validFrom: expected an instant/],
])('%s is refused with its key', (_, spoil, message) => {
  const tariff = JSON.parse(json);
  spoil(tariff);
  expect(() => parseTariff(JSON.stringify(tariff), 't.json')).toThrow(message);
});

test('two tariffs that begin on one day are refused, and so is an empty folder', () => {
  expect(() => loadTariffs(folder)).toThrow(/found no \*\.json/);
  writeFileSync(join(folder, 'a.json'), json);
  writeFileSync(join(folder, 'b.json'), json);
  expect(() => loadTariffs(folder)).toThrow(/two tariffs have the validFrom/);
});

function set(root: object, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  Reflect.set(
    keys.reduce((at: object, key) => Reflect.get(at, key), root),
    last,
    value,
  );
}
