import type { Mesh } from './mesh.ts';

/**
 * How often the surface goes round a point: about ±1 inside a shell, about 0 outside. The sum of the solid angles of all
 * triangles (van Oosterom and Strackee), which needs no rays and so has no unlucky ones.
 */
export function windingNumber({ positions: p, triangles }: Mesh, x: number, y: number, z: number): number {
  let sum = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const a = triangles[at]! * 3;
    const b = triangles[at + 1]! * 3;
    const c = triangles[at + 2]! * 3;
    const ax = p[a]! - x;
    const ay = p[a + 1]! - y;
    const az = p[a + 2]! - z;
    const bx = p[b]! - x;
    const by = p[b + 1]! - y;
    const bz = p[b + 2]! - z;
    const cx = p[c]! - x;
    const cy = p[c + 1]! - y;
    const cz = p[c + 2]! - z;
    const la = Math.sqrt(ax * ax + ay * ay + az * az);
    const lb = Math.sqrt(bx * bx + by * by + bz * bz);
    const lc = Math.sqrt(cx * cx + cy * cy + cz * cz);
    const triple = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
    const below =
      la * lb * lc +
      (ax * bx + ay * by + az * bz) * lc +
      (bx * cx + by * cy + bz * cz) * la +
      (cx * ax + cy * ay + cz * az) * lb;
    sum += Math.atan2(triple, below);
  }
  return sum / (2 * Math.PI);
}
