import { toleranceOf } from './packed-vertices.ts';
import { VertexLookup } from './vertex-lookup.ts';

/** Row-major 3 × 3, determinant +1. */
export type Rotation = readonly [number, number, number, number, number, number, number, number, number];
type Point = readonly [number, number, number];

/** How many turns are tried before the shapes are taken for different. */
const mostTurns = 4_000;
const mostPairs = 4_000_000;
/** Vertices looked at before all of them are. */
const samples = 64;

/**
 * The turn that brings the vertices of one shape onto those of another, about their centroids of volume, or null where
 * there is none. It does not align principal axes: a ring has two equal moments. Two vertices whose distances from the
 * centroid are rare are looked for in the other shape; each pair of them that also has the right angle gives one turn,
 * which is tried on some vertices and then on all: each must lie within the tolerance of one of its own. Mirror images
 * need a turn of determinant −1, which two vertices and a centroid never give.
 */
export function findRotation(
  known: Float32Array,
  knownCentroid: Point,
  other: Float32Array,
  otherCentroid: Point,
): Rotation | null {
  if (known.length !== other.length) return null;
  const tolerance = toleranceOf(other);
  const from = centred(known, knownCentroid);
  const to = centred(other, otherCentroid);
  const anchors = anchorsOf(from, tolerance);
  if (!anchors) return null;
  const [a, b] = anchors.map((vertex) => pointAt(from, vertex)) as [Point, Point];
  const firsts = atDistance(to, length(a), 2 * tolerance);
  const seconds = atDistance(to, length(b), 2 * tolerance);
  if (firsts.length * seconds.length > mostPairs) return null;
  const lookup = new VertexLookup(to, tolerance);
  const between = distance(a, b);
  let turns = 0;
  for (const first of firsts) {
    const p = pointAt(to, first);
    for (const second of seconds) {
      const q = pointAt(to, second);
      if (Math.abs(distance(p, q) - between) > 4 * tolerance) continue;
      if (++turns > mostTurns) return null;
      const rotation = turnOnto(a, b, p, q);
      if (fits(from, lookup, rotation)) return rotation;
    }
  }
  return null;
}

/** Moves a symmetric tensor (xx, yy, zz, xy, yz, zx) along with what it belongs to: R M Rᵀ. */
export function turnTensor(
  [xx, yy, zz, xy, yz, zx]: readonly [number, number, number, number, number, number],
  r: Rotation,
): [number, number, number, number, number, number] {
  const m = [xx, xy, zx, xy, yy, yz, zx, yz, zz];
  const entry = (row: number, column: number) => {
    let sum = 0;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) sum += r[row * 3 + i]! * m[i * 3 + j]! * r[column * 3 + j]!;
    return sum;
  };
  return [entry(0, 0), entry(1, 1), entry(2, 2), entry(0, 1), entry(1, 2), entry(2, 0)];
}

export function turnPoint([x, y, z]: Point, r: Rotation): [number, number, number] {
  return [r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z];
}

function centred(positions: Float32Array, [x, y, z]: Point): Float32Array {
  const moved = new Float32Array(positions.length);
  for (let at = 0; at < moved.length; at += 3) {
    moved[at] = positions[at]! - x;
    moved[at + 1] = positions[at + 1]! - y;
    moved[at + 2] = positions[at + 2]! - z;
  }
  return moved;
}

/** Two vertices far from the centroid, in different directions, with few others at their distances. */
function anchorsOf(points: Float32Array, tolerance: number): [number, number] | null {
  const distances = new Float64Array(points.length / 3);
  let farthest = 0;
  for (let vertex = 0; vertex < distances.length; vertex++) {
    distances[vertex] = length(pointAt(points, vertex));
    farthest = Math.max(farthest, distances[vertex]!);
  }
  if (!(farthest > 0)) return null;
  const bins = Math.max(1, Math.min(1_000_000, Math.floor(farthest / (4 * tolerance))));
  const binOf = (vertex: number) => Math.min(bins - 1, Math.floor((distances[vertex]! / farthest) * bins));
  const counts = new Uint32Array(bins + 2);
  for (let vertex = 0; vertex < distances.length; vertex++) counts[binOf(vertex) + 1]!++;
  const crowd = (vertex: number) => {
    const bin = binOf(vertex) + 1;
    return counts[bin - 1]! + counts[bin]! + counts[bin + 1]!;
  };
  const rarest = (suits: (vertex: number) => boolean) => {
    let best = -1;
    let least = Infinity;
    for (let vertex = 0; vertex < distances.length; vertex++) {
      if (distances[vertex]! < 0.3 * farthest || crowd(vertex) >= least || !suits(vertex)) continue;
      best = vertex;
      least = crowd(vertex);
    }
    return best;
  };
  const first = rarest(() => true);
  if (first < 0) return null;
  const a = pointAt(points, first);
  const second = rarest((vertex) => {
    const b = pointAt(points, vertex);
    return length(cross(a, b)) > 0.4 * length(a) * length(b);
  });
  return second < 0 ? null : [first, second];
}

function atDistance(points: Float32Array, wanted: number, tolerance: number): number[] {
  const found: number[] = [];
  for (let vertex = 0; vertex < points.length / 3; vertex++)
    if (Math.abs(length(pointAt(points, vertex)) - wanted) <= tolerance) found.push(vertex);
  return found;
}

/** The turn that brings direction a onto p and the half-plane of b onto that of q. */
function turnOnto(a: Point, b: Point, p: Point, q: Point): Rotation {
  const f = frame(a, b);
  const g = frame(p, q);
  const entry = (row: number, column: number) =>
    g[0]![row]! * f[0]![column]! + g[1]![row]! * f[1]![column]! + g[2]![row]! * f[2]![column]!;
  return [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => entry(row, column))) as unknown as Rotation;
}

function frame(a: Point, b: Point): [Point, Point, Point] {
  const u = unit(a);
  const w = unit(cross(a, b));
  return [u, cross(w, u), w];
}

function fits(from: Float32Array, lookup: VertexLookup, rotation: Rotation): boolean {
  const count = from.length / 3;
  const step = Math.max(1, Math.floor(count / samples));
  for (let vertex = 0; vertex < count; vertex += step)
    if (lookup.nearest(turnPoint(pointAt(from, vertex), rotation)) < 0) return false;
  const isTaken = new Uint8Array(count);
  for (let vertex = 0; vertex < count; vertex++) {
    const partner = lookup.nearest(turnPoint(pointAt(from, vertex), rotation));
    if (partner < 0 || isTaken[partner]) return false;
    isTaken[partner] = 1;
  }
  return true;
}

function pointAt(points: Float32Array, vertex: number): Point {
  return [points[vertex * 3]!, points[vertex * 3 + 1]!, points[vertex * 3 + 2]!];
}

function length([x, y, z]: Point): number {
  return Math.sqrt(x * x + y * y + z * z);
}

function distance([ax, ay, az]: Point, [bx, by, bz]: Point): number {
  return Math.sqrt((ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2);
}

function unit(point: Point): Point {
  const scale = 1 / length(point);
  return [point[0] * scale, point[1] * scale, point[2] * scale];
}

function cross([ax, ay, az]: Point, [bx, by, bz]: Point): Point {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}
