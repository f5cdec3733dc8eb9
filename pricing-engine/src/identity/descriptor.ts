import { boundingBox, sizeOf } from '../mesh/mesh.ts';

/** What can be told of a model from its triangles alone, before they are welded: in some hundredths of a second. */
export interface Descriptor {
  /** The plain sum, as positive as it may be: overlaps are counted twice. */
  signedVolumeMm3: number;
  /** Of all triangles, hidden ones too. */
  areaMm2: number;
  /** Sides of the box, the longest first. */
  sizeMm: [number, number, number];
  /** Osada's D2 (2002): how often two places of the surface are so far apart, in 48 steps of the root of the area. */
  distances: number[];
}

const places = 2000;
const pairs = 60_000;
const bins = 48;
/** In roots of the area: a ball has 0.56 across, a needle many. Farther ones go to the last bin. */
const farthest = 1.5;

/** @param coordinates nine a triangle, finite */
export function descriptorOf(coordinates: Float32Array | Float64Array): Descriptor {
  const box = boundingBox(coordinates);
  const middle = box.min.map((low, axis) => (low + box.max[axis]!) / 2) as [number, number, number];
  const { volume, areas } = sums(coordinates, middle);
  const total = areas[areas.length - 1] ?? 0;
  const points = pointsOn(coordinates, areas);
  const size = sizeOf(box).sort((one, other) => other - one) as [number, number, number];
  return {
    signedVolumeMm3: Math.abs(volume),
    areaMm2: total,
    sizeMm: size,
    distances: distancesOf(points, Math.sqrt(total)),
  };
}

function sums(c: Float32Array | Float64Array, [ox, oy, oz]: [number, number, number]) {
  const areas = new Float64Array(c.length / 9);
  let six = 0;
  let area = 0;
  for (let triangle = 0; triangle < areas.length; triangle++) {
    const at = triangle * 9;
    const ax = c[at]! - ox;
    const ay = c[at + 1]! - oy;
    const az = c[at + 2]! - oz;
    const ux = c[at + 3]! - c[at]!;
    const uy = c[at + 4]! - c[at + 1]!;
    const uz = c[at + 5]! - c[at + 2]!;
    const vx = c[at + 6]! - c[at]!;
    const vy = c[at + 7]! - c[at + 1]!;
    const vz = c[at + 8]! - c[at + 2]!;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    six += ax * nx + ay * ny + az * nz;
    area += Math.sqrt(nx * nx + ny * ny + nz * nz) / 2;
    areas[triangle] = area;
  }
  return { volume: six / 6, areas };
}

/** Evenly by area, each somewhere else in its triangle. */
function pointsOn(c: Float32Array | Float64Array, areas: Float64Array): Float64Array {
  const points = new Float64Array(places * 3);
  const total = areas[areas.length - 1] ?? 0;
  let triangle = 0;
  for (let place = 0; place < places; place++) {
    while (triangle < areas.length - 1 && areas[triangle]! < ((place + 0.5) / places) * total) triangle++;
    let u = (place * 0.7548776662466927 + 0.5) % 1;
    let v = (place * 0.5698402909980532 + 0.5) % 1;
    if (u + v > 1) [u, v] = [1 - u, 1 - v];
    for (let axis = 0; axis < 3; axis++) {
      const at = triangle * 9 + axis;
      points[place * 3 + axis] = c[at]! * (1 - u - v) + c[at + 3]! * u + c[at + 6]! * v;
    }
  }
  return points;
}

/** Pairs by a fixed rule, so that copies of a file have the same. */
function distancesOf(points: Float64Array, unit: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  if (!(unit > 0)) return counts;
  let seed = 1;
  for (let pair = 0; pair < pairs; pair++) {
    const one = pair % places;
    seed = (seed * 48_271) % 2_147_483_647;
    const other = seed % places;
    const distance = Math.hypot(
      points[one * 3]! - points[other * 3]!,
      points[one * 3 + 1]! - points[other * 3 + 1]!,
      points[one * 3 + 2]! - points[other * 3 + 2]!,
    );
    counts[Math.min(bins - 1, Math.floor((distance / unit / farthest) * bins))]! += 1 / pairs;
  }
  return counts.map((share) => Number(share.toFixed(5)));
}
