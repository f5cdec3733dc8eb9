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
  const queue = new Uint32Array(triangles);
  let count = 0;
  for (let seed = 0; seed < triangles; seed++) {
    if (of[seed]! >= 0) continue;
    let head = 0;
    let tail = 0;
    of[seed] = count;
    queue[tail++] = seed;
    while (head < tail) {
      const triangle = queue[head++]!;
      for (let corner = 0; corner < 3; corner++) {
        const other = mate[triangle * 3 + corner]!;
        if (other < 0) continue;
        const neighbour = (other / 3) | 0;
        if (of[neighbour]! >= 0) continue;
        of[neighbour] = count;
        queue[tail++] = neighbour;
      }
    }
    count++;
  }
  return { of, count };
}
