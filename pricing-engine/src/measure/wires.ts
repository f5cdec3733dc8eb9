import type { PlaceOnSurface } from '../mesh/places.ts';
import type { RayGrid } from '../mesh/ray-grid.ts';
import { quantilesOf, type WallQuantiles } from './thickness.ts';

/** Wires, pins and prongs: what is thin whichever way one looks through it, where a plate is thin one way only. */
export interface Wires {
  /** Of the area, 0 to 1. */
  areaShare: number;
  /** How thick they are, mm, at 101 shares of their area; empty where there are none. */
  quantilesMm: WallQuantiles;
}

/** Places looked at, and the thickest that a wire may be: a stouter one fails nowhere. */
const mostPlaces = 600;
const thickestMm = 2;
/** Lines through the middle of the wall, across the way inwards. */
const lines = 4;
/** Round wires are as wide as they are thick; flat ones of up to this count. */
const widest = 2;

/**
 * Of a closed mesh that looks outwards. From the middle of what lies straight behind a place it is looked to both sides:
 * where the narrowest of some lines is not much longer, it is a wire. It is as thick as the longer of both: lines that
 * cut off a corner are short.
 */
export function wiresOf(grid: RayGrid, places: readonly PlaceOnSurface[]): Wires {
  const step = Math.max(1, Math.ceil(places.length / mostPlaces));
  const found: number[] = [];
  let looked = 0;
  for (let index = 0; index < places.length; index += step) {
    const place = places[index]!;
    const [nx, ny, nz] = place.normal;
    const behind = grid.exit(...place.point, -nx, -ny, -nz);
    looked++;
    if (behind > thickestMm) continue;
    const width = widthAcross(grid, place, behind);
    if (width <= widest * behind) found.push(Math.max(behind, width));
  }
  return { areaShare: looked > 0 ? found.length / looked : 0, quantilesMm: quantilesOf(found) };
}

/** The narrowest of the lines, in mm. */
function widthAcross(grid: RayGrid, { point, normal, turn }: PlaceOnSurface, behind: number): number {
  const [nx, ny, nz] = normal;
  const [x, y, z] = point.map((value, axis) => value - (normal[axis]! * behind) / 2) as [
    number,
    number,
    number,
  ];
  const side = Math.abs(nx) < 0.6 ? [0, -nz, ny] : [nz, 0, -nx];
  const scale = 1 / Math.hypot(...side);
  const [ux, uy, uz] = side.map((value) => value * scale) as [number, number, number];
  const [vx, vy, vz] = [ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux];
  let narrowest = Infinity;
  for (let line = 0; line < lines; line++) {
    const angle = turn + (line * Math.PI) / lines;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const [dx, dy, dz] = [c * ux + s * vx, c * uy + s * vy, c * uz + s * vz];
    narrowest = Math.min(narrowest, grid.exit(x, y, z, dx, dy, dz) + grid.exit(x, y, z, -dx, -dy, -dz));
  }
  return narrowest;
}
