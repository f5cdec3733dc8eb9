import { estimate, type MeasuredLike } from '@alexandrite/pricing-engine/identity/similar';

export interface MeasuredModel extends MeasuredLike {
  name: string;
  trianglesHash: string;
}

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
  };
}

function off(found: number, truth: number): number {
  return Math.abs(found / truth - 1);
}

function quantiles(errors: readonly number[]) {
  const sorted = [...errors].sort((one, other) => one - other);
  const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toPrecision(2));
  return { p50: at(0.5), p90: at(0.9) };
}
