import type { PriceEstimate } from '@alexandrite/schema/events';
import { type Language, type Tariff, TariffError } from '@alexandrite/tariff';
import type { PriceOptions } from '@alexandrite/tariff/price';
import type { Features, ModelFile } from './features.ts';
import { type Band, widened } from './identity/band.ts';
import type { Descriptor } from './identity/descriptor.ts';
import type { Estimate, MeasuredLike } from './identity/similar.ts';
import { quote } from './quote.ts';

/** A model that was measured, with all that was measured of it. */
export interface MeasuredModel extends MeasuredLike {
  features: Features;
  /** By how much the band of its own estimate was too narrow (`missedBy`); null where it had none. */
  missed: number | null;
}

/** As it is remembered for others that look alike; where its walls are says nothing about those. */
export function measuredModel(
  descriptor: Descriptor,
  features: Features,
  missed: number | null,
): MeasuredModel {
  const { volumeMm3, areaMm2, wallQuantilesMm } = features;
  return {
    descriptor,
    volumeMm3,
    areaMm2,
    wallQuantilesMm,
    features: { ...features, wallMap: null },
    missed,
  };
}

/** A model of which nothing is known but its triangles. */
export interface UnknownModel {
  file: ModelFile;
  descriptor: Descriptor;
}

/** So much larger or smaller than those of the nearest, scaled, its poses may be; and by its distance on top. */
const posesBand = 0.05;

/**
 * What a model will probably cost, by a model that looks alike, before it is measured. The band is what the price would be
 * at both ends of those of volume, area and poses. Null for what no tariff can price.
 */
export function estimatePrice(
  { file, descriptor }: UnknownModel,
  estimate: Estimate<MeasuredModel>,
  options: PriceOptions,
  tariff: Tariff,
  language: Language,
): PriceEstimate | null {
  const at = (side: -1 | 0 | 1) =>
    quote(file, probableFeatures(descriptor, estimate, side), options, tariff, language);
  try {
    const result = { ...at(0), manufacturability: [] };
    const ends = [at(-1).price.totalMinor, at(1).price.totalMinor] as const;
    const { totalMinor } = result.price;
    const band: Band = {
      totalMinor,
      lowestMinor: Math.min(...ends, totalMinor),
      highestMinor: Math.max(...ends, totalMinor),
    };
    const { lowestMinor, highestMinor } = widened(band, 1);
    return { result, lowestMinor, highestMinor };
  } catch (error) {
    // A price that no tariff can give is refused when it is exact.
    if (error instanceof TariffError) return null;
    throw error;
  }
}

/** At the lower end, in the middle, or at the upper end of the band. What is not estimated is that of the nearest. */
function probableFeatures(
  descriptor: Descriptor,
  estimate: Estimate<MeasuredModel>,
  side: -1 | 0 | 1,
): Features {
  const { features } = estimate.like;
  const volumeMm3 = estimate.volumeMm3 * Math.max(0.01, 1 + side * estimate.volumeBand);
  const scale =
    Math.cbrt(volumeMm3 / features.volumeMm3) * Math.max(0.01, 1 + side * (posesBand + estimate.distance));
  return {
    ...features,
    volumeMm3,
    signedVolumeMm3: descriptor.signedVolumeMm3,
    areaMm2: estimate.areaMm2 * Math.max(0.01, 1 + side * estimate.areaBand),
    boundingBoxMm: descriptor.sizeMm,
    wallQuantilesMm: estimate.wallQuantilesMm,
    repairs: {},
    poses: features.poses.map((pose) => ({
      up: pose.up,
      heightMm: pose.heightMm * scale,
      footprintMm: [pose.footprintMm[0] * scale, pose.footprintMm[1] * scale],
      overhangMm2: pose.overhangMm2 * scale ** 2,
      overhangMm3: pose.overhangMm3 * scale ** 3,
    })),
  };
}
