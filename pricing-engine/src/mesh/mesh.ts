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
  return boundingBox(positions, triangles);
}

/** Of all coordinates given, three a point, or of the points that are named. */
export function boundingBox(coordinates: Float32Array | Float64Array, points?: Uint32Array): Box {
  let [x0, y0, z0] = [Infinity, Infinity, Infinity];
  let [x1, y1, z1] = [-Infinity, -Infinity, -Infinity];
  const count = points ? points.length : coordinates.length / 3;
  for (let index = 0; index < count; index++) {
    const at = (points ? points[index]! : index) * 3;
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

export function sizeOf({ min, max }: Box): [number, number, number] {
  return [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
}

/** The length of a box's diagonal: what tolerances are relative to. */
export function diagonalOf(box: Box): number {
  return Math.hypot(...sizeOf(box));
}
