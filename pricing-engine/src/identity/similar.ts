import type { WallQuantiles } from '../measure/thickness.ts';
import type { Descriptor } from './descriptor.ts';

/** A model that was measured, as it is remembered for those that resemble it. */
export interface MeasuredLike {
  descriptor: Descriptor;
  volumeMm3: number;
  areaMm2: number;
  wallQuantilesMm: WallQuantiles;
}

/** What an exact measurement will probably say. */
export interface Estimate<M extends MeasuredLike = MeasuredLike> {
  volumeMm3: number;
  areaMm2: number;
  wallQuantilesMm: WallQuantiles;
  /** The volume is within this share of the estimate, nine times of ten. */
  volumeBand: number;
  areaBand: number;
  /** How many models it rests on, and how far the nearest is: 0 is the same shape. */
  from: number;
  distance: number;
  /** The nearest. */
  like: M;
}

const neighbours = 5;
/** Farther shapes say nothing about this one. Copies at another resolution are 0.02 apart, kinds of rings 0.1 to 0.3. */
const farthest = 0.6;
/** No estimate is surer than this: a shape may hide something that no other one had. */
const narrowest = 0.01;

/**
 * From models that look alike: what uniting did to their volume and area, and their walls relative to volume over area,
 * weighted by nearness. How far those disagree, and how far they are, makes the band. Null where none looks alike.
 */
export function estimate<M extends MeasuredLike>(
  descriptor: Descriptor,
  known: Iterable<M>,
): Estimate<M> | null {
  if (!(descriptor.signedVolumeMm3 > 0 && descriptor.areaMm2 > 0)) return null;
  const near = nearest(descriptor, known);
  if (near.length === 0) return null;
  const weights = near.map(({ distance }) => 1 / (0.02 + distance) ** 2);
  const mean = (value: (model: MeasuredLike) => number) => {
    const sum = near.reduce((total, { model }, index) => total + weights[index]! * value(model), 0);
    return sum / weights.reduce((total, weight) => total + weight, 0);
  };
  const kept = ({ volumeMm3, descriptor: { signedVolumeMm3 } }: MeasuredLike) => volumeMm3 / signedVolumeMm3;
  const seen = ({ areaMm2, descriptor: { areaMm2: all } }: MeasuredLike) => areaMm2 / all;
  const [volume, area] = [middle(near, weights, kept), middle(near, weights, seen)];
  const band = (value: (model: MeasuredLike) => number, around: number) => {
    const deviation = Math.sqrt(mean((model) => (value(model) - around) ** 2));
    return Number(Math.max(narrowest, (2 * deviation) / around + 0.1 * near[0]!.distance).toFixed(4));
  };
  const volumeMm3 = descriptor.signedVolumeMm3 * volume;
  const areaMm2 = descriptor.areaMm2 * area;
  const walled = near.filter(({ model }) => model.wallQuantilesMm.length === 101);
  const scale = volumeMm3 / areaMm2;
  const wall = (at: number) =>
    walled.reduce(
      (sum, { model }) => sum + (model.wallQuantilesMm[at]! * model.areaMm2) / model.volumeMm3,
      0,
    ) / walled.length;
  return {
    volumeMm3,
    areaMm2,
    wallQuantilesMm: walled.length > 0 ? Array.from({ length: 101 }, (_, at) => wall(at) * scale) : [],
    volumeBand: band(kept, volume),
    areaBand: band(seen, area),
    from: near.length,
    distance: Number(near[0]!.distance.toFixed(4)),
    like: near[0]!.model,
  };
}

/** The weighted median: most models lose nothing by uniting, and one that did must not take from all others. */
function middle(
  near: readonly { model: MeasuredLike }[],
  weights: readonly number[],
  value: (model: MeasuredLike) => number,
): number {
  const sorted = near
    .map(({ model }, index) => ({ value: value(model), weight: weights[index]! }))
    .sort((one, other) => one.value - other.value);
  let left = weights.reduce((total, weight) => total + weight, 0) / 2;
  const index = sorted.findIndex(({ weight }) => {
    left -= weight;
    return left <= 0;
  });
  return sorted.at(index)!.value;
}

function nearest<M extends MeasuredLike>(descriptor: Descriptor, known: Iterable<M>) {
  const near: { model: M; distance: number }[] = [];
  for (const model of known) {
    const distance = distanceBetween(descriptor, model.descriptor);
    if (distance > farthest || !(model.descriptor.signedVolumeMm3 > 0)) continue;
    near.push({ model, distance });
    near.sort((one, other) => one.distance - other.distance);
    near.length = Math.min(near.length, neighbours);
  }
  return near;
}

/** 0 for one shape at any size. The half of D2's difference, and how compact and how long the shapes are. */
export function distanceBetween(one: Descriptor, other: Descriptor): number {
  let histogram = 0;
  for (const [bin, share] of one.distances.entries())
    histogram += Math.abs(share - other.distances[bin]!) / 2;
  const compactness = ({ signedVolumeMm3, areaMm2 }: Descriptor) =>
    Math.log(signedVolumeMm3 / areaMm2 ** 1.5);
  const shape = Math.abs(compactness(one) - compactness(other));
  const slim = ({ sizeMm: [long, wide, narrow] }: Descriptor) => [wide / long, narrow / long] as const;
  const [a, b] = [slim(one), slim(other)];
  return histogram + 0.2 * shape + 0.2 * (Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]));
}
