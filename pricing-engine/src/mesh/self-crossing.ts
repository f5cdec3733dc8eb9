import { type Box, diagonalOf, type Mesh } from './mesh.ts';
import { type PlaceOnSurface, placesOn } from './places.ts';
import { RayGrid } from './ray-grid.ts';

/** What lies so near before a place, in diagonals, is taken for the place itself. */
const clearShare = 1e-6;
/** How far the second and the third ray lean from the normal. */
const lean = 0.35;

/** So many places say enough. */
const mostFound = 64;

/**
 * Where a closed surface that looks outwards goes through itself: right before each place of a sound one there is nothing,
 * so that a ray outwards leaves as often as it enters. One ray may meet an edge; three do not. What is found here is looked
 * at more closely afterwards, so that a mistake costs time and nothing else.
 */
export function selfCrossings(grid: RayGrid, box: Box, places: readonly PlaceOnSurface[]): PlaceOnSurface[] {
  const clear = clearShare * diagonalOf(box);
  const found: PlaceOnSurface[] = [];
  for (const place of places) {
    const [x, y, z] = place.point;
    const goesIn = ([dx, dy, dz]: PlaceOnSurface['normal']) => grid.winding(x, y, z, dx, dy, dz, clear) !== 0;
    if (!goesIn(place.normal)) continue;
    if (![place.turn, place.turn + 2].every((angle) => goesIn(leaning(place.normal, angle)))) continue;
    found.push(place);
    if (found.length === mostFound) break;
  }
  return found;
}

/** Whether a closed surface goes through itself in any of its places. */
export function crossesItself(mesh: Mesh, box: Box): boolean {
  return selfCrossings(new RayGrid(mesh, box), box, placesOn(mesh)).length > 0;
}

function leaning([nx, ny, nz]: PlaceOnSurface['normal'], angle: number): [number, number, number] {
  const side = Math.abs(nx) < 0.6 ? [0, -nz, ny] : [nz, 0, -nx];
  const scale = 1 / Math.hypot(...side);
  const [ux, uy, uz] = side.map((value) => value * scale) as [number, number, number];
  const [vx, vy, vz] = [ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux];
  const [along, across] = [Math.cos(angle) * lean, Math.sin(angle) * lean];
  const [dx, dy, dz] = [
    nx + along * ux + across * vx,
    ny + along * uy + across * vy,
    nz + along * uz + across * vz,
  ];
  const length = Math.hypot(dx, dy, dz);
  return [dx / length, dy / length, dz / length];
}
