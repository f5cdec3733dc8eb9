import { estimatePrice, type MeasuredModel as Like } from '@alexandrite/pricing-engine/estimate-price';
import type { ModelFile } from '@alexandrite/pricing-engine/features';
import { estimate } from '@alexandrite/pricing-engine/identity/similar';
import { quote } from '@alexandrite/pricing-engine/quote';
import { loadTariffs } from '@alexandrite/tariff/load-tariffs';

export interface MeasuredModel extends Like {
  name: string;
  trianglesHash: string;
  file: ModelFile;
}

const alloys = ['SILVER_925', 'GOLD_585_YELLOW'] as const;

/** Each model estimated from all others, against what it measures: relative errors. */
export function estimatesOf(models: readonly MeasuredModel[]) {
  const found = models.flatMap((model) => {
    const others = models.filter(({ trianglesHash }) => trianglesHash !== model.trianglesHash);
    const estimated = estimate(model.descriptor, others);
    return estimated ? [{ model, estimated }] : [];
  });
  const volume = found.map(({ model, estimated }) => off(estimated.volumeMm3, model.volumeMm3));
  const area = found.map(({ model, estimated }) => off(estimated.areaMm2, model.areaMm2));
  const plain = found.map(({ model }) => off(model.descriptor.signedVolumeMm3, model.volumeMm3));
  const inBand = (errors: number[], band: 'volumeBand' | 'areaBand') =>
    errors.filter((error, index) => error <= found[index]!.estimated[band]).length;
  return {
    models: models.length,
    estimated: found.length,
    volume: { ...quantiles(volume), inBand: inBand(volume, 'volumeBand') },
    area: { ...quantiles(area), inBand: inBand(area, 'areaBand') },
    plain: quantiles(plain),
    prices: alloys.map((alloy) => pricesOf(found, alloy)),
  };
}

/** Whether the exact price lies in the band that the customer is shown first. */
function pricesOf(
  found: { model: MeasuredModel; estimated: NonNullable<ReturnType<typeof estimate<MeasuredModel>>> }[],
  alloy: string,
) {
  const tariff = loadTariffs().at(-1)!;
  const options = { alloy, finish: 'POLISHED', quantity: 1 };
  const errors: number[] = [];
  const widths: number[] = [];
  let inBand = 0;
  for (const { model, estimated } of found) {
    const told = estimatePrice(model, estimated, options, tariff, 'en');
    if (!told) continue;
    const { totalMinor } = told.result.price;
    const exact = quote(model.file, model.features, options, tariff, 'en').price.totalMinor;
    errors.push(off(totalMinor, exact));
    widths.push((told.highestMinor - told.lowestMinor) / 2 / totalMinor);
    if (exact >= told.lowestMinor && exact <= told.highestMinor) inBand++;
  }
  return { alloy, ...quantiles(errors), inBand, of: errors.length, halfBand: quantiles(widths) };
}

function off(found: number, truth: number): number {
  return Math.abs(found / truth - 1);
}

function quantiles(errors: readonly number[]) {
  const sorted = [...errors].sort((one, other) => one - other);
  const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toPrecision(2));
  return { p50: at(0.5), p90: at(0.9) };
}
