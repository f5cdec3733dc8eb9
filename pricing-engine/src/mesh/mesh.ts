import type { Place } from '../refusal.ts';

/** Triangles that know each other: those that share a corner share its number. */
export interface Mesh {
  /** x, y, z of each vertex, in mm. 32 bits, as the binary formats have them: copies of a model stay equal. */
  positions: Float32Array;
  /** Three vertex numbers a triangle, counter-clockwise seen from outside. */
  triangles: Uint32Array;
}

export interface Box {
  min: [number, number, number];
  max: [number, number, number];
}

export function vertexAt({ positions }: Mesh, vertex: number): Place {
  const at = vertex * 3;
  return [positions[at]!, positions[at + 1]!, positions[at + 2]!];
}

/** Of the triangles; vertices that none of them uses do not count. */
export function boxOf({ positions, triangles }: Mesh): Box {
  const isUsed = new Uint8Array(positions.length / 3);
  for (let corner = 0; corner < triangles.length; corner++) isUsed[triangles[corner]!] = 1;
  const used = new Uint32Array(isUsed.length);
  let count = 0;
  for (let vertex = 0; vertex < isUsed.length; vertex++) if (isUsed[vertex]) used[count++] = vertex;
  return boxOfPoints(positions, used.subarray(0, count));
}

/** Of all coordinates given, three a point. */
export function boundingBox(coordinates: Float32Array | Float64Array): Box {
  const box = emptyBox();
  for (let at = 0; at < coordinates.length; at += 3) widen(box, coordinates, at);
  return box;
}

/** Of the points of those numbers. */
export function boxOfPoints(positions: Float32Array, points: Uint32Array): Box {
  let [x0, y0, z0] = [Infinity, Infinity, Infinity];
  let [x1, y1, z1] = [-Infinity, -Infinity, -Infinity];
  for (let index = 0; index < points.length; index++) {
    const at = points[index]! * 3;
    const x = positions[at]!;
    const y = positions[at + 1]!;
    const z = positions[at + 2]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  return { min: [x0, y0, z0], max: [x1, y1, z1] };
}

function emptyBox(): Box {
  const none = Number.POSITIVE_INFINITY;
  return { min: [none, none, none], max: [-none, -none, -none] };
}

function widen({ min, max }: Box, coordinates: Float32Array | Float64Array, at: number): void {
  for (let axis = 0; axis < 3; axis++) {
    const value = coordinates[at + axis]!;
    if (value < min[axis]!) min[axis] = value;
    if (value > max[axis]!) max[axis] = value;
  }
}

export function sizeOf({ min, max }: Box): [number, number, number] {
  return [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
}

/** The length of a box's diagonal: what tolerances are relative to. */
export function diagonalOf(box: Box): number {
  return Math.hypot(...sizeOf(box));
}
