import type { HalfEdges } from './half-edges.ts';

/** Parts of the surface that hang together over plain edges, without crossing an open or crowded one. */
export interface Patches {
  /** The patch of each triangle. */
  of: Int32Array;
  count: number;
}

/** Triangle by triangle in their order: each takes the number of a neighbour before it, and numbers that meet are one. */
export function findPatches({ mate }: HalfEdges): Patches {
  const triangles = mate.length / 3;
  const of = new Int32Array(triangles);
  const leader: number[] = [];
  const find = (number: number) => {
    let root = number;
    while (leader[root] !== root) root = leader[root]!;
    leader[number] = root;
    return root;
  };
  for (let triangle = 0; triangle < triangles; triangle++) {
    let own = -1;
    for (let edge = triangle * 3; edge < triangle * 3 + 3; edge++) {
      const other = mate[edge]!;
      if (other < 0 || other >= edge) continue;
      const number = of[(other / 3) | 0]!;
      if (own === number) continue;
      if (own < 0) own = number;
      else {
        const [one, another] = [find(own), find(number)];
        leader[Math.max(one, another)] = Math.min(one, another);
        own = Math.min(one, another);
      }
    }
    if (own < 0) {
      own = leader.length;
      leader.push(own);
    }
    of[triangle] = own;
  }
  // Those that lead are numbered in the order in which they were met.
  const final = new Int32Array(leader.length);
  let count = 0;
  for (let number = 0; number < leader.length; number++) {
    const root = find(number);
    final[number] = root === number ? count++ : final[root]!;
  }
  for (let triangle = 0; triangle < triangles; triangle++) of[triangle] = final[of[triangle]!]!;
  return { of, count };
}
