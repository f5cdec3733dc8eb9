import { type Box, boxOf, type Mesh } from '../mesh/mesh.ts';
import { RayGrid } from './ray-grid.ts';

/**
 * The shape-diameter function (Shapira 2008), with parameters of ours: in 2,000 places spread evenly over the area, nine
 * rays inwards, one along the normal, four at 8° and four at 16°; the wall there is the median of their lengths. A
 * plate of thickness t gives 1.01 t, a wire of diameter d 0.99 d; the 60° of the paper give 1.3 t.
 * The median is blind to the few short rays beside a sharp edge, where the thinnest wall of every cube is zero.
 */
const places = 2000;
const tilts = [8, 16].map((degrees) => (degrees * Math.PI) / 180);
const raysATilt = 4;

/** Wall thickness in mm, at 101 shares of the area: `[1]` is that of which 1 % of the area is thinner. */
export type WallQuantiles = readonly number[];

/** Of a closed mesh that looks outwards. Empty where no ray found a wall. */
export function wallQuantiles(mesh: Mesh, box: Box = boxOf(mesh)): WallQuantiles {
  const grid = new RayGrid(mesh, box);
  const walls: number[] = [];
  const lengths = new Float64Array(1 + tilts.length * raysATilt);
  for (const place of placesOn(mesh)) {
    const wall = wallAt(grid, place, lengths);
    if (Number.isFinite(wall)) walls.push(wall);
  }
  if (walls.length === 0) return [];
  walls.sort((a, b) => a - b);
  return Array.from(
    { length: 101 },
    (_, percent) => walls[Math.round((percent / 100) * (walls.length - 1))]!,
  );
}

/** The share of the area, 0 to 1, where the wall is thinner than the limit; null where nothing was measured. */
export function thinShare(walls: WallQuantiles, limitMm: number): number | null {
  if (walls.length === 0) return null;
  const above = walls.findIndex((wall) => wall >= limitMm);
  if (above === 0) return 0;
  if (above < 0) return 1;
  const below = walls[above - 1]!;
  return (above - 1 + (limitMm - below) / (walls[above]! - below)) / (walls.length - 1);
}

interface PlaceOnSurface {
  point: [number, number, number];
  normal: [number, number, number];
  turn: number;
}

/** Evenly by area along the triangles, each place somewhere else in its triangle: the same for the same mesh. */
function* placesOn({ positions: p, triangles }: Mesh): Iterable<PlaceOnSurface> {
  const areas = new Float64Array(triangles.length / 3);
  let total = 0;
  for (let triangle = 0; triangle < areas.length; triangle++) {
    const a = triangles[triangle * 3]! * 3;
    const b = triangles[triangle * 3 + 1]! * 3;
    const c = triangles[triangle * 3 + 2]! * 3;
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    total += Math.sqrt(nx * nx + ny * ny + nz * nz);
    areas[triangle] = total;
  }
  let triangle = 0;
  for (let place = 0; place < places; place++) {
    const until = ((place + 0.5) / places) * total;
    while (triangle < areas.length - 1 && areas[triangle]! < until) triangle++;
    const [nx, ny, nz] = normalOf(p, triangles, triangle);
    const length = Math.hypot(nx, ny, nz);
    if (!(length > 0)) continue;
    // A low-discrepancy sequence (the plastic number) folded into the triangle.
    let u = (place * 0.7548776662466927 + 0.5) % 1;
    let v = (place * 0.5698402909980532 + 0.5) % 1;
    if (u + v > 1) {
      u = 1 - u;
      v = 1 - v;
    }
    const a = triangles[triangle * 3]! * 3;
    const b = triangles[triangle * 3 + 1]! * 3;
    const c = triangles[triangle * 3 + 2]! * 3;
    const along = (axis: number) => p[a + axis]! * (1 - u - v) + p[b + axis]! * u + p[c + axis]! * v;
    yield {
      point: [along(0), along(1), along(2)],
      normal: [nx / length, ny / length, nz / length],
      turn: (place * 2.399963229728653) % (2 * Math.PI),
    };
  }
}

function wallAt(grid: RayGrid, { point, normal, turn }: PlaceOnSurface, lengths: Float64Array): number {
  const [x, y, z] = point;
  const [nx, ny, nz] = normal;
  // Two directions across the normal.
  const side = Math.abs(nx) < 0.6 ? [0, -nz, ny] : [nz, 0, -nx];
  const scale = 1 / Math.hypot(...side);
  const [ux, uy, uz] = side.map((value) => value * scale) as [number, number, number];
  const [vx, vy, vz] = [ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux];
  let rays = 0;
  lengths[rays++] = grid.exit(x, y, z, -nx, -ny, -nz);
  for (const tilt of tilts) {
    const cosine = Math.cos(tilt);
    const sine = Math.sin(tilt);
    for (let ray = 0; ray < raysATilt; ray++) {
      const angle = turn + (ray * 2 * Math.PI) / raysATilt + tilt;
      const cu = Math.cos(angle) * sine;
      const cv = Math.sin(angle) * sine;
      lengths[rays++] = grid.exit(
        x,
        y,
        z,
        cu * ux + cv * vx - cosine * nx,
        cu * uy + cv * vy - cosine * ny,
        cu * uz + cv * vz - cosine * nz,
      );
    }
  }
  return lengths.sort()[rays >> 1]!;
}

/** Twice the area long. */
function normalOf(p: Float32Array, triangles: Uint32Array, triangle: number): [number, number, number] {
  const a = triangles[triangle * 3]! * 3;
  const b = triangles[triangle * 3 + 1]! * 3;
  const c = triangles[triangle * 3 + 2]! * 3;
  const ux = p[b]! - p[a]!;
  const uy = p[b + 1]! - p[a + 1]!;
  const uz = p[b + 2]! - p[a + 2]!;
  const vx = p[c]! - p[a]!;
  const vy = p[c + 1]! - p[a + 1]!;
  const vz = p[c + 2]! - p[a + 2]!;
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}
