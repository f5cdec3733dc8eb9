import type { Mesh } from '../mesh/mesh.ts';
import { RayGrid } from '../mesh/ray-grid.ts';
import { wallInwards } from './thickness.ts';

/** Triangles that are measured themselves; finer meshes take the wall of the nearest measured place of their surface. */
const mostMeasured = 20_000;
const head = 16;
const magic = 0x4d575841; // "AXWM": Alexandrite wall map

/**
 * The thickness of the wall at every triangle, for pages to colour. Format, little-endian: the four letters `AXWM`; the
 * number of triangles, 32 bits; the finest and the coarsest wall in mm, 32-bit floats each; then a byte a triangle in the
 * order of `mesh`: 0 where nothing was measured, 1 to 255 evenly over the logarithm from the finest to the coarsest.
 */
export interface ThicknessMap {
  /** x, y, z of each vertex, in mm: the surface after repair and union, which is not the file's. */
  positions: Float32Array;
  /** Three vertex numbers a triangle. */
  triangles: Uint32Array;
  walls: Uint8Array<ArrayBuffer>;
}

/** Of a closed mesh that looks outwards. Each triangle by the shape-diameter function of `wallQuantiles`. */
export function thicknessMap(mesh: Mesh, grid = new RayGrid(mesh)): ThicknessMap {
  const count = mesh.triangles.length / 3;
  const measured = new Float64Array(count).fill(Number.NaN);
  const step = Math.max(1, Math.ceil(count / mostMeasured));
  for (let triangle = 0; triangle < count; triangle += step)
    measured[triangle] = wallAtMiddle(mesh, grid, triangle);
  if (step > 1) spread(mesh, measured);
  return { positions: mesh.positions, triangles: mesh.triangles, walls: encode(measured) };
}

/** The walls in mm as the pages read them; NaN where nothing was measured. Throws a RangeError for other bytes. */
export function decodeWalls(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    bytes.length < head ||
    view.getUint32(0, true) !== magic ||
    bytes.length !== head + view.getUint32(4, true)
  )
    throw new RangeError(`expected a wall map, got ${bytes.length} other bytes`);
  const [finest, coarsest] = [view.getFloat32(8, true), view.getFloat32(12, true)];
  return Float32Array.from(bytes.subarray(head), (level) =>
    level === 0 ? Number.NaN : finest * (coarsest / finest) ** ((level - 1) / 254),
  );
}

function encode(walls: Float64Array): Uint8Array<ArrayBuffer> {
  let finest = Infinity;
  let coarsest = 0;
  for (const wall of walls)
    if (wall > 0) {
      finest = Math.min(finest, wall);
      coarsest = Math.max(coarsest, wall);
    }
  const bytes = new Uint8Array(head + walls.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, walls.length, true);
  view.setFloat32(8, coarsest > 0 ? finest : 1, true);
  view.setFloat32(12, coarsest > 0 ? coarsest : 1, true);
  const range = Math.log(coarsest / finest) || 1;
  for (let triangle = 0; triangle < walls.length; triangle++)
    if (walls[triangle]! > 0)
      bytes[head + triangle] = 1 + Math.round((Math.log(walls[triangle]! / finest) / range) * 254);
  return bytes;
}

function wallAtMiddle({ positions: p, triangles }: Mesh, grid: RayGrid, triangle: number): number {
  const [a, b, c] = [0, 1, 2].map((corner) => triangles[triangle * 3 + corner]! * 3) as [
    number,
    number,
    number,
  ];
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.hypot(nx, ny, nz);
  if (!(length > 0)) return Number.NaN;
  const wall = wallInwards(grid, {
    point: [0, 1, 2].map((axis) => (p[a + axis]! + p[b + axis]! + p[c + axis]!) / 3) as [
      number,
      number,
      number,
    ],
    normal: [nx / length, ny / length, nz / length],
    turn: (triangle * 2.399963229728653) % (2 * Math.PI),
  });
  return Number.isFinite(wall) ? wall : Number.NaN;
}

/**
 * Gives every other triangle the wall of a measured one near it on the surface: round by round to the neighbours, over
 * their vertices. A part of the surface without any measured triangle stays unmeasured.
 */
function spread({ positions, triangles }: Mesh, walls: Float64Array): void {
  const atVertex = new Float64Array(positions.length / 3).fill(Number.NaN);
  let left = walls.length;
  for (;;) {
    for (let triangle = 0; triangle < walls.length; triangle++) {
      if (Number.isNaN(walls[triangle]!)) continue;
      for (let corner = triangle * 3; corner < triangle * 3 + 3; corner++)
        if (Number.isNaN(atVertex[triangles[corner]!]!)) atVertex[triangles[corner]!] = walls[triangle]!;
    }
    let unknown = 0;
    for (let triangle = 0; triangle < walls.length; triangle++) {
      if (!Number.isNaN(walls[triangle]!)) continue;
      for (let corner = triangle * 3; corner < triangle * 3 + 3; corner++) {
        const wall = atVertex[triangles[corner]!]!;
        if (!Number.isNaN(wall)) walls[triangle] = wall;
      }
      if (Number.isNaN(walls[triangle]!)) unknown++;
    }
    if (unknown === 0 || unknown === left) return;
    left = unknown;
  }
}
