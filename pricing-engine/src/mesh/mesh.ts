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
export function boxOf(mesh: Mesh): Box {
  return boundingBox(usedPositions(mesh));
}

/** The coordinates of the vertices that some triangle uses. */
export function usedPositions({ positions, triangles }: Mesh): Float32Array {
  const isUsed = new Uint8Array(positions.length / 3);
  let left = isUsed.length;
  for (let corner = 0; corner < triangles.length && left > 0; corner++) {
    const vertex = triangles[corner]!;
    left -= 1 - isUsed[vertex]!;
    isUsed[vertex] = 1;
  }
  if (left === 0) return positions;
  const used = new Float32Array(positions.length - left * 3);
  let to = 0;
  for (let vertex = 0; vertex < isUsed.length; vertex++) {
    if (isUsed[vertex] === 0) continue;
    for (let axis = 0; axis < 3; axis++) used[to++] = positions[vertex * 3 + axis]!;
  }
  return used;
}

/** Of all coordinates given, three a point. */
export function boundingBox(coordinates: Float32Array | Float64Array): Box {
  return boxOfRun(coordinates, 0, coordinates.length / 3);
}

/** Of the points from one number to before another. */
export function boxOfRun(coordinates: Float32Array | Float64Array, from: number, to: number): Box {
  let [x0, y0, z0] = [Infinity, Infinity, Infinity];
  let [x1, y1, z1] = [-Infinity, -Infinity, -Infinity];
  const end = Math.min(to * 3, coordinates.length);
  for (let at = from * 3; at < end; at += 3) {
    const x = coordinates[at]!;
    const y = coordinates[at + 1]!;
    const z = coordinates[at + 2]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  return { min: [x0, y0, z0], max: [x1, y1, z1] };
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

export function sizeOf({ min, max }: Box): [number, number, number] {
  return [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
}

/** The length of a box's diagonal: what tolerances are relative to. */
export function diagonalOf(box: Box): number {
  return Math.hypot(...sizeOf(box));
}
