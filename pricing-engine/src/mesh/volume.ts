import type { Box } from './mesh.ts';

/**
 * The signed volume in mm³: a sixth of the sum of a · (b × c), with the origin in the middle of the box so that little is
 * lost to cancellation. It means something only where the surface is closed.
 */
export function volumeOf(positions: Float32Array, triangles: Uint32Array, box: Box): number {
  const ox = (box.min[0] + box.max[0]) / 2;
  const oy = (box.min[1] + box.max[1]) / 2;
  const oz = (box.min[2] + box.max[2]) / 2;
  let sum = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const a = triangles[at]! * 3;
    const b = triangles[at + 1]! * 3;
    const c = triangles[at + 2]! * 3;
    const ax = positions[a]! - ox;
    const ay = positions[a + 1]! - oy;
    const az = positions[a + 2]! - oz;
    const bx = positions[b]! - ox;
    const by = positions[b + 1]! - oy;
    const bz = positions[b + 2]! - oz;
    const cx = positions[c]! - ox;
    const cy = positions[c + 1]! - oy;
    const cz = positions[c + 2]! - oz;
    sum += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return sum / 6;
}
