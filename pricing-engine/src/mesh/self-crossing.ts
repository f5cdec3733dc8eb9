import { type Box, diagonalOf } from './mesh.ts';
import type { PlaceOnSurface } from './places.ts';
import type { RayGrid } from './ray-grid.ts';

/** What lies so near before a place, in diagonals, is taken for the place itself. */
const clearShare = 1e-6;
/** How far the second and the third ray lean from the normal. */
const lean = 0.35;

/**
 * Whether a closed surface that looks outwards goes through itself somewhere: right before each place of a sound one there
 * is nothing, so that a ray outwards leaves as often as it enters. One ray may meet an edge; three do not. A surface that
 * is told to cross itself is looked at exactly afterwards, so that a mistake costs time and nothing else.
 */
export function crossesItself(grid: RayGrid, box: Box, places: readonly PlaceOnSurface[]): boolean {
  const clear = clearShare * diagonalOf(box);
  return places.some(({ point: [x, y, z], normal, turn }) => {
    const [nx, ny, nz] = normal;
    if (grid.winding(x, y, z, nx, ny, nz, clear) === 0) return false;
    return [turn, turn + 2].every((angle) => {
      const [dx, dy, dz] = leaning(normal, angle);
      return grid.winding(x, y, z, dx, dy, dz, clear) !== 0;
    });
  });
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
