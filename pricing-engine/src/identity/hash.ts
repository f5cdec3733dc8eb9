import { createHash } from 'node:crypto';
import type { Welded } from '../mesh/weld.ts';

/** Lower-case hex: what a file is stored and asked for by. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The same for every file that holds the same triangles, whatever the format, the order of the triangles, or the corner
 * each begins with: welding has brought them into one order. Moved or turned models differ.
 */
export function hashTriangles({ mesh, degenerate }: Welded): string {
  const { positions, triangles } = mesh;
  return createHash('sha256')
    .update(`${positions.length} ${triangles.length} ${degenerate} `)
    .update(new Uint8Array(positions.buffer, positions.byteOffset, positions.byteLength))
    .update(new Uint8Array(triangles.buffer, triangles.byteOffset, triangles.byteLength))
    .digest('hex');
}
