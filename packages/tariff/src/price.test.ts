import { describe, expect, test } from '@jest/globals';
import { halfEven } from './half-even.ts';
import { loadTariffs } from './load-tariffs.ts';
import { type Piece, price } from './price.ts';
import { contractAt, type Tariff, TariffError, tariffAt } from './tariff.ts';

const tariffs = loadTariffs();
const tariff = tariffAt(tariffs, new Date('2026-11-22T12:00:00Z'));
const band: Piece = {
  volumeMm3: 451.91034,
  areaMm2: 717.2,
  supportMm3: 1100,
  plateSeconds: 4756,
  piecesPerPlate: 8,
};
const silver = { alloy: 'SILVER_925', finish: 'POLISHED', quantity: 1 };

function sum(quote: ReturnType<typeof price>): number {
  return quote.price.lines.reduce((total, line) => total + line.amountMinor, 0);
}

describe('a price', () => {
  test('has lines that sum to the total, for every alloy, finish and quantity', () => {
    for (const alloy of Object.keys(tariff.alloys))
      for (const finish of Object.keys(tariff.finishes))
        for (const quantity of [1, 2, 3, 7, 10, 99, 1000]) {
          const quote = price(tariff, band, { alloy, finish, quantity });
          expect(sum(quote)).toBe(quote.price.totalMinor);
          expect(quote.price.lines.every((line) => Number.isSafeInteger(line.amountMinor))).toBe(true);
          expect(quote.price.lines.find((line) => line.code === 'VAT')!.amountMinor).toBe(
            quote.price.vatMinor,
          );
        }
  });

  test('weighs what the alloy weighs, and finishing takes a skin', () => {
    const { metal } = price(tariff, band, { ...silver, alloy: 'GOLD_585_YELLOW' });
    expect(metal.castGrams).toBeCloseTo(5.906, 3);
    expect(metal.finishedGrams).toBeCloseTo(5.906 - 717.2 * 0.06 * 0.01307, 3);
    const raw = price(tariff, band, { ...silver, finish: 'RAW' }).metal;
    expect(raw.finishedGrams).toBe(raw.castGrams);
  });

  test('includes 20 % VAT in 2025 and 22 % from 2026 on, Moscow time', () => {
    const rate = (at: string) => {
      const { totalMinor, vatMinor } = price(tariffAt(tariffs, new Date(at)), band, silver).price;
      return vatMinor / (totalMinor - vatMinor);
    };
    expect(rate('2025-12-31T20:59:59Z')).toBeCloseTo(0.2, 5);
    expect(rate('2025-12-31T21:00:00Z')).toBeCloseTo(0.22, 5);
    expect(rate('2026-11-22T00:00:00Z')).toBeCloseTo(0.22, 5);
  });

  test('never falls below the minimum, and says so', () => {
    const crumb: Piece = { ...band, volumeMm3: 1e-6, areaMm2: 1e-4, supportMm3: 0, plateSeconds: 1 };
    const cheap: Tariff = { ...tariff, setupMinor: 0 };
    const { lines } = price(cheap, crumb, { ...silver, alloy: 'BRASS', finish: 'RAW' }).price;
    expect(lines.some((line) => line.code === 'MINIMUM')).toBe(true);
    const net = lines.filter((line) => line.code !== 'VAT').reduce((a, line) => a + line.amountMinor, 0);
    expect(net).toBe(tariff.minimumUnitMinor);
  });

  test('never rises per piece with the quantity', () => {
    let last = Number.POSITIVE_INFINITY;
    for (const quantity of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const { unitMinor } = price(tariff, band, { ...silver, quantity }).price;
      expect(unitMinor).toBeLessThanOrEqual(last);
      last = unitMinor;
    }
  });

  test.each([
    [{ ...silver, alloy: 'UNOBTAINIUM' }, 'UNKNOWN_ALLOY'],
    [{ ...silver, alloy: 'constructor' }, 'UNKNOWN_ALLOY'],
    [{ ...silver, finish: 'SHINY' }, 'UNKNOWN_FINISH'],
    [{ ...silver, quantity: 0 }, 'INVALID_QUANTITY'],
    [{ ...silver, quantity: 1.5 }, 'INVALID_QUANTITY'],
    [{ ...silver, quantity: 1001 }, 'INVALID_QUANTITY'],
    [{ ...silver, quantity: Number.NaN }, 'INVALID_QUANTITY'],
  ])('refuses %j with %s', (options, code) => {
    expect(() => price(tariff, band, options)).toThrow(
      expect.objectContaining({ code, text: { en: expect.any(String), ru: expect.any(String) } }),
    );
  });

  test('refuses what cannot be counted in kopecks', () => {
    expect(() => price(tariff, { ...band, volumeMm3: 1e18 }, silver)).toThrow(TariffError);
  });
});

test('half goes to even, and binary noise is no tie-breaker', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 2.5001].map(halfEven)).toEqual([0, 2, 2, 0, -2, 2, 3]);
  expect(halfEven(2.5 + 4e-15)).toBe(2);
  expect(Object.is(halfEven(-0.2), 0)).toBe(true);
});

describe('every line is explained', () => {
  const explained = (options: object, of = tariff) =>
    Object.fromEntries(
      price(of, band, { ...silver, ...options }).price.lines.map(({ code, explanation }) => [
        code,
        explanation,
      ]),
    );

  test('in both languages, with the numbers it was made of', () => {
    const lines = explained({ quantity: 10 });
    expect(lines.METAL!.en).toMatch(/^4.25 g a piece, ₽178.93 a gram, by the metal's price of 2026-10-30$/);
    expect(lines.METAL!.ru.replaceAll(/\s/g, ' ')).toBe(
      '4,25 г на изделие, 178,93 ₽ за грамм, по цене металла от 2026-10-30',
    );
    expect(lines.PRINTING!.en).toContain('runs of the printer: 2, 1 h 19 min each');
    expect(lines.QUANTITY_DISCOUNT!.en).toBe('10 % from 10 pieces on');
    expect(lines.VAT!.en).toMatch(/^22 % of ₽[\d,.]+$/);
    for (const { en, ru } of Object.values(lines)) expect([en, ru]).not.toContain('');
  });

  test('stones are set one by one', () => {
    const of = { ...tariff, settingMinorPerStone: 30_000 };
    const { lines } = price(of, band, { ...silver, quantity: 2, stones: 12 }).price;
    const setting = lines.find(({ code }) => code === 'SETTING')!;
    expect(setting.amountMinor).toBe(12 * 30_000 * 2 * 1.6);
    expect(setting.explanation.en).toBe('stones in a piece: 12, ₽480.00 each');
    expect(() => price(of, band, { ...silver, stones: -1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_STONES' }),
    );
  });
});

describe('a contract', () => {
  const contract = {
    number: 'A-7',
    validFrom: new Date('2026-11-01T00:00:00+03:00'),
    validUntil: new Date('2026-12-01T00:00:00+03:00'),
    margins: { workPercent: 40, metalPercent: 10 },
    minimumUnitMinor: 0,
    discountPercent: 5,
  };
  const agreed = { ...tariff, contracts: { 'partner-1': [contract] } };

  test('holds for its partner and its time', () => {
    const at = (account: string | null, day: string) => contractAt(agreed, account, new Date(day));
    expect(at('partner-1', '2026-11-01T00:00:00+03:00')).toBe(contract);
    expect(at('partner-1', '2026-10-31T23:59:59+03:00')).toBeNull();
    expect(at('partner-1', '2026-12-01T00:00:00+03:00')).toBeNull();
    expect(at('partner-2', '2026-11-22T00:00:00Z')).toBeNull();
    expect(at('constructor', '2026-11-22T00:00:00Z')).toBeNull();
    expect(at(null, '2026-11-22T00:00:00Z')).toBeNull();
  });

  test('changes margins and gives its discount, after that for quantity', () => {
    const usual = price(agreed, band, { ...silver, quantity: 10 }).price;
    const special = price(agreed, band, { ...silver, quantity: 10, contract }).price;
    const line = (of: typeof usual, code: string) => of.lines.find((each) => each.code === code)?.amountMinor;
    expect(line(special, 'METAL')! / line(usual, 'METAL')!).toBeCloseTo(1.1 / 1.2, 3);
    expect(line(special, 'CASTING')! / line(usual, 'CASTING')!).toBeCloseTo(1.4 / 1.6, 6);
    const before = special.lines
      .slice(
        0,
        special.lines.findIndex(({ code }) => code === 'CONTRACT_DISCOUNT'),
      )
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    expect(line(special, 'CONTRACT_DISCOUNT')).toBe(halfEven(-before * 0.05));
    expect(special.lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(special.totalMinor);
  });
});
