import { type MetalPrice, type Tariff, TariffError } from './tariff.ts';

/** What fine metals cost from an instant on: what a feed says. */
export interface MetalFixing {
  /** The day of the fixing, YYYY-MM-DD. */
  asOf: string;
  /** From when prices are made of it. */
  validFrom: Date;
  minorPerGram: Readonly<Record<string, number>>;
}

/** Metals have halved in a crash, not in a day: a larger leap between two fixings is a mistake in the feed. */
const largestLeap = 1.5;
const mostInFeed = 5_000;
const day = /^\d{4}-\d\d-\d\d$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;

/**
 * A feed: `{"fixings": [{"asOf": "2026-11-20", "validFrom": "2026-11-20T15:00:00+03:00", "minorPerGram": {"GOLD": 1180000}}]}`.
 * Strict, ascending by `validFrom`. Throws `INVALID_METAL_PRICES`, naming the source and the key.
 */
export function parseFixings(json: string, source: string): MetalFixing[] {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch (cause) {
    throw invalid(`${source}: expected JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
  const list = (root as { fixings?: unknown } | null)?.fixings;
  if (!Array.isArray(list) || list.length === 0 || list.length > mostInFeed)
    throw invalid(`${source}: fixings: expected a list of 1 to ${mostInFeed}, got ${shown(list)}`);
  const fixings = list.map((entry, index) => readFixing(entry, `${source}: fixings.${index}`));
  checkOrder(fixings, source);
  return fixings;
}

/** Old fixings with newer ones. Throws `INVALID_METAL_PRICES` for a leap, or one that says another price for a known instant. */
export function mergeFixings(
  kept: readonly MetalFixing[],
  fresh: readonly MetalFixing[],
  source: string,
): MetalFixing[] {
  const byInstant = new Map(kept.map((fixing) => [fixing.validFrom.getTime(), fixing]));
  for (const fixing of fresh) {
    const known = byInstant.get(fixing.validFrom.getTime());
    if (known && JSON.stringify(known) !== JSON.stringify(fixing))
      throw invalid(
        `${source}: the fixing of ${fixing.validFrom.toISOString()} is known otherwise, and prices were made of it`,
      );
    byInstant.set(fixing.validFrom.getTime(), fixing);
  }
  const merged = [...byInstant.values()].sort((one, other) => +one.validFrom - +other.validFrom);
  checkLeaps(merged, source);
  return merged;
}

/** The last fixing that has begun; null before the first. */
export function fixingAt(fixings: readonly MetalFixing[], at: Date): MetalFixing | null {
  return fixings.findLast(({ validFrom }) => validFrom <= at) ?? null;
}

/** The tariff with the metals of a fixing; those it does not name cost what the tariff says. */
export function withFixing(tariff: Tariff, fixing: MetalFixing | null): Tariff {
  if (!fixing) return tariff;
  const metals: Record<string, MetalPrice> = { ...tariff.metals };
  for (const metal of Object.keys(tariff.metals)) {
    const minorPerGram = Object.hasOwn(fixing.minorPerGram, metal) ? fixing.minorPerGram[metal] : undefined;
    if (minorPerGram !== undefined) metals[metal] = { minorPerGram, asOf: fixing.asOf };
  }
  return { ...tariff, metals };
}

function readFixing(entry: unknown, source: string): MetalFixing {
  const { asOf, validFrom, minorPerGram, ...others } = (entry ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw invalid(`${source}.${unknown}: no such key`);
  if (typeof asOf !== 'string' || !day.test(asOf))
    throw invalid(`${source}.asOf: expected a day, YYYY-MM-DD, got ${shown(asOf)}`);
  if (typeof validFrom !== 'string' || !instant.test(validFrom) || Number.isNaN(Date.parse(validFrom)))
    throw invalid(`${source}.validFrom: expected an instant with its time zone, got ${shown(validFrom)}`);
  if (typeof minorPerGram !== 'object' || minorPerGram === null || Object.keys(minorPerGram).length === 0)
    throw invalid(`${source}.minorPerGram: expected prices by metal, got ${shown(minorPerGram)}`);
  for (const [metal, price] of Object.entries(minorPerGram))
    if (!Number.isSafeInteger(price) || price < 1 || price > 1e9)
      throw invalid(
        `${source}.minorPerGram.${metal}: expected a whole number of minor units, got ${shown(price)}`,
      );
  return { asOf, validFrom: new Date(validFrom), minorPerGram: minorPerGram as Record<string, number> };
}

function checkOrder(fixings: readonly MetalFixing[], source: string): void {
  for (const [index, { validFrom }] of fixings.entries())
    if (index > 0 && validFrom <= fixings[index - 1]!.validFrom)
      throw invalid(`${source}: fixings.${index}.validFrom: expected an ascending order`);
  checkLeaps(fixings, source);
}

function checkLeaps(fixings: readonly MetalFixing[], source: string): void {
  const last = new Map<string, number>();
  for (const { asOf, minorPerGram } of fixings)
    for (const [metal, price] of Object.entries(minorPerGram)) {
      const leap = price / (last.get(metal) ?? price);
      if (leap > largestLeap || leap < 1 / largestLeap)
        throw invalid(
          `${source}: ${metal} leaps from ${last.get(metal)} to ${price} a gram on ${asOf}: no more than ${largestLeap} times is believed`,
        );
      last.set(metal, price);
    }
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}

function invalid(text: string): TariffError {
  return new TariffError('INVALID_METAL_PRICES', { en: text, ru: text });
}
