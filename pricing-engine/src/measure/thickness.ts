import type { Mesh } from '../mesh/mesh.ts';
import { type PlaceOnSurface, placesOn } from '../mesh/places.ts';
import { RayGrid } from '../mesh/ray-grid.ts';

/**
 * The shape-diameter function (Shapira 2008), with parameters of ours: in 2,000 places spread evenly over the area, nine
 * rays inwards, one along the normal, four at 8° and four at 16°; the wall there is the median of their lengths. A
 * plate of thickness t gives 1.01 t, a wire of diameter d 0.99 d; the 60° of the paper give 1.3 t.
 * The median is blind to the few short rays beside a sharp edge, where the thinnest wall of every cube is zero.
 */
const tilts = [8, 16].map((degrees) => (degrees * Math.PI) / 180);
const raysATilt = 4;

/** Wall thickness in mm, at 101 shares of the area: `[1]` is that of which 1 % of the area is thinner. */
export type WallQuantiles = readonly number[];

/** Of a closed mesh that looks outwards: the wall behind each place, mm; Infinity where no ray found one. */
export function wallsAt(mesh: Mesh, grid = new RayGrid(mesh), places = placesOn(mesh)): Float64Array {
  return Float64Array.from(places, (place) => wallInwards(grid, place));
}

/** Empty where no ray found a wall. */
export function wallQuantiles(wallsMm: Float64Array): WallQuantiles {
  return quantilesOf(wallsMm.filter((wall) => Number.isFinite(wall)));
}

/** At 101 shares of the values; empty of none. */
export function quantilesOf(values: readonly number[] | Float64Array): WallQuantiles {
  if (values.length === 0) return [];
  const sorted = Float64Array.from(values).sort();
  return Array.from(
    { length: 101 },
    (_, percent) => sorted[Math.round((percent / 100) * (sorted.length - 1))]!,
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

const lengths = new Float64Array(1 + tilts.length * raysATilt);

/** The wall behind one place, in mm; Infinity where more than half of the rays meet nothing. */
function wallInwards(grid: RayGrid, { point, normal, turn }: PlaceOnSurface): number {
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
