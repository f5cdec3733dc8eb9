import { sortTriangles, sortVertices } from './canonical-order.ts';
import type { Mesh } from './mesh.ts';
import { settle } from './settle.ts';
import { unify } from './unify.ts';

export interface Welded {
  mesh: Mesh;
  /** For each triangle of the mesh its place among those of the file that are not degenerate. */
  fileOrder: Uint32Array;
  /** Triangles with two corners in one place: they enclose nothing and are gone. */
  degenerate: number;
  /** Triangles that were there more than a thousand times: they are gone but for one or two. */
  copies: number;
}

/**
 * Gives equal corners one number, by the bits of their coordinates, and brings vertices and triangles into an order that
 * depends on the shape only: copies of a model in another format or order give the same mesh, and so the same kopeck.
 * Refuses what is not finite or too far away.
 * @param coordinates nine numbers a triangle
 */
export function weld(coordinates: Float32Array | Float64Array): Welded {
  // What has 32 bits already is checked and moved when each point is there once: equal ones stay equal.
  const isShort = coordinates instanceof Float32Array;
  const corners = coordinates.length / 3;
  const short = isShort ? coordinates : settle(coordinates, (corner) => Math.floor(corner / 3)).points;
  const { points, pointOf } = unify(short);
  const settled = settle(points, (point) => Math.floor(pointOf.indexOf(point) / 3));
  const { positions, rank } = sortVertices(settled.points, settled.box);
  let used = 0;
  for (let corner = 0; corner < corners; corner += 3) {
    const a = pointOf[corner]!;
    const b = pointOf[corner + 1]!;
    const c = pointOf[corner + 2]!;
    if (a === b || b === c || c === a) continue;
    pointOf[used] = rank[a]!;
    pointOf[used + 1] = rank[b]!;
    pointOf[used + 2] = rank[c]!;
    used += 3;
  }
  const { sorted, order } = sortTriangles(pointOf.subarray(0, used), positions.length / 3);
  const { triangles, fileOrder, copies } = thinOut(sorted, order);
  return {
    mesh: { positions, triangles },
    fileOrder,
    degenerate: (corners - used) / 3,
    copies,
  };
}

/** So many copies of a triangle no design has: they are no bodies any more but an attack on what compares them. */
const mostCopies = 1000;

/** Leaves one of too many copies, or two if they were an even number: what they add up to stays odd or even. */
function thinOut(triangles: Uint32Array, fileOrder: Uint32Array) {
  let drop: Uint8Array | null = null;
  for (let start = 0; start < fileOrder.length; ) {
    let end = start + 1;
    while (end < fileOrder.length && areCopies(triangles, start, end)) end++;
    if (end - start > mostCopies) {
      drop ??= new Uint8Array(fileOrder.length);
      drop.fill(1, start + 2 - ((end - start) % 2), end);
    }
    start = end;
  }
  if (!drop) return { triangles, fileOrder, copies: 0 };
  const kept = fileOrder.filter((_, triangle) => drop[triangle] === 0);
  return {
    triangles: triangles.filter((_, corner) => drop[Math.floor(corner / 3)] === 0),
    fileOrder: kept,
    copies: fileOrder.length - kept.length,
  };
}

function areCopies(triangles: Uint32Array, one: number, other: number): boolean {
  return (
    triangles[one * 3] === triangles[other * 3] &&
    triangles[one * 3 + 1] === triangles[other * 3 + 1] &&
    triangles[one * 3 + 2] === triangles[other * 3 + 2]
  );
}
