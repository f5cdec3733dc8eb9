import type { Mesh } from '../mesh/mesh.ts';
import type { PlaceOnSurface } from '../mesh/places.ts';
import { Reach } from '../mesh/reach.ts';
import type { Direction, Pose } from './poses.ts';

/** Directions looked at, evenly over the sphere, beside those of the largest flat faces. */
const spread = 48;
const flatFaces = 6;
/** Of which so many are worth measuring on the mesh. */
const kept = 5;
const steep = Math.SQRT1_2; // cos 45°

/**
 * Poses that no axis of the drawing gives: standing on a flat face of a piece that was drawn askew, or tilted so that less
 * has to be held. Candidates are judged at some places on the surface; of the best the height is measured on the mesh, and
 * the footprint as it lies narrowest of some turns, while what hangs over stays a sum over the places, some percent off.
 */
export function tiltedPoses(mesh: Mesh, places: readonly PlaceOnSurface[], areaMm2: number): Pose[] {
  if (places.length === 0) return [];
  const samples = samplesOf(places, areaMm2);
  const candidates = [...flatDirections(places), ...sphere(spread)].map((up) => judged(up, samples));
  const best = new Set<Pose>();
  // The lowest, the one with the least to hold, and those that are good at both.
  for (const weight of [0, 0.3, 1, 3, Infinity]) {
    const cost = (pose: Pose) =>
      weight === Infinity ? pose.overhangMm3 : pose.heightMm ** 3 + weight * pose.overhangMm3;
    const left = candidates.filter((pose) => !best.has(pose));
    if (best.size < kept && left.length > 0)
      best.add(left.reduce((one, other) => (cost(other) < cost(one) ? other : one)));
  }
  const reach = new Reach(mesh);
  return [...best].map((pose) => measured(pose, reach));
}

/** Places and their normals without the objects: they are looked at once for each direction. */
interface Samples {
  points: Float64Array;
  normals: Float64Array;
  /** Of the surface that each stands for, mm². */
  share: number;
}

function samplesOf(places: readonly PlaceOnSurface[], areaMm2: number): Samples {
  const points = new Float64Array(places.length * 3);
  const normals = new Float64Array(places.length * 3);
  for (const [index, { point, normal }] of places.entries()) {
    points.set(point, index * 3);
    normals.set(normal, index * 3);
  }
  return { points, normals, share: areaMm2 / places.length };
}

function judged(up: Direction, { points, normals, share }: Samples): Pose {
  const [x, y, z] = up;
  let ground = Infinity;
  let top = -Infinity;
  let area = 0;
  let space = 0;
  for (let at = 0; at < points.length; at += 3) {
    const height = points[at]! * x + points[at + 1]! * y + points[at + 2]! * z;
    if (height < ground) ground = height;
    if (height > top) top = height;
    const down = -(normals[at]! * x + normals[at + 1]! * y + normals[at + 2]! * z);
    if (down < steep) continue;
    area += share * down;
    space += share * down * height;
  }
  const overhangMm3 = Math.max(0, space - area * ground);
  return { up, heightMm: top - ground, footprintMm: [0, 0], overhangMm2: area, overhangMm3 };
}

function measured(pose: Pose, reach: Reach): Pose {
  const { up } = pose;
  const [ax, ay, az] = across(up);
  const [bx, by, bz] = [up[1] * az - up[2] * ay, up[2] * ax - up[0] * az, up[0] * ay - up[1] * ax];
  let footprint: [number, number] = [Infinity, Infinity];
  for (let turn = 0; turn < 6; turn++) {
    const [c, s] = [Math.cos((turn * Math.PI) / 12), Math.sin((turn * Math.PI) / 12)];
    const long = reach.along(ax * c + bx * s, ay * c + by * s, az * c + bz * s);
    const wide = reach.along(bx * c - ax * s, by * c - ay * s, bz * c - az * s);
    if (long * wide < footprint[0] * footprint[1]) footprint = [Math.max(long, wide), Math.min(long, wide)];
  }
  return { ...pose, heightMm: reach.along(...up), footprintMm: footprint };
}

function across([x, y, z]: Direction): Direction {
  const side = Math.abs(x) < 0.6 ? [0, -z, y] : [z, 0, -x];
  const scale = 1 / Math.hypot(...side);
  return side.map((value) => value * scale) as unknown as Direction;
}

/** Down onto the largest flat faces: normals that many places share. */
function flatDirections(places: readonly PlaceOnSurface[]): Direction[] {
  const groups = Map.groupBy(places, ({ normal }) => normal.map((value) => Math.round(value * 50)).join());
  return [...groups.values()]
    .sort((one, other) => other.length - one.length)
    .slice(0, flatFaces)
    .map(([first]) => first!.normal.map((value) => -value) as unknown as Direction);
}

/** Fibonacci's spiral. */
function sphere(count: number): Direction[] {
  return Array.from({ length: count }, (_, index) => {
    const z = 1 - (2 * index + 1) / count;
    const reach = Math.sqrt(1 - z * z);
    const angle = index * 2.399963229728653;
    return [reach * Math.cos(angle), reach * Math.sin(angle), z];
  });
}
