import type { HalfEdges } from './half-edges.ts';

/** Parts of the surface that hang together over plain edges, without crossing an open or crowded one. */
export interface Patches {
  /** The patch of each triangle. */
  of: Int32Array;
  count: number;
}

export function findPatches({ mate }: HalfEdges): Patches {
  const triangles = mate.length / 3;
  const of = new Int32Array(triangles).fill(-1);
  // The last one found goes first: its neighbours are likely to be in the cache.
  const stack = new Uint32Array(triangles);
  let count = 0;
  for (let seed = 0; seed < triangles; seed++) {
    if (of[seed]! >= 0) continue;
    let height = 0;
    of[seed] = count;
    stack[height++] = seed;
    while (height > 0) {
      const edge = stack[--height]! * 3;
      for (let corner = 0; corner < 3; corner++) {
        const other = mate[edge + corner]!;
        if (other < 0) continue;
        const neighbour = (other / 3) | 0;
        if (of[neighbour]! >= 0) continue;
        of[neighbour] = count;
        stack[height++] = neighbour;
      }
    }
    count++;
  }
  return { of, count };
}
