import { sortTriangles, sortVertices } from './canonical-order.ts';
import type { Mesh } from './mesh.ts';

export interface Welded {
  mesh: Mesh;
  /** For each triangle of the mesh its place among those of the file that are not degenerate. */
  fileOrder: Uint32Array;
  /** Triangles with two corners in one place: they enclose nothing and are gone. */
  degenerate: number;
}

/**
 * Gives equal corners one number, by the bits of their coordinates, and brings vertices and triangles into an order that
 * depends on the shape only: copies of a model in another format or order give the same mesh, and so the same kopeck.
 * @param coordinates nine numbers a triangle
 */
export function weld(coordinates: Float32Array): Welded {
  const corners = coordinates.length / 3;
  const { unique, vertexOf } = unify(coordinates, corners);
  const { positions, rank } = sortVertices(unique);
  const triangles = new Uint32Array(corners);
  let used = 0;
  for (let corner = 0; corner < corners; corner += 3) {
    const a = rank[vertexOf[corner]!]!;
    const b = rank[vertexOf[corner + 1]!]!;
    const c = rank[vertexOf[corner + 2]!]!;
    if (a === b || b === c || c === a) continue;
    triangles[used++] = a;
    triangles[used++] = b;
    triangles[used++] = c;
  }
  const { sorted, order } = sortTriangles(triangles.subarray(0, used), positions.length / 3);
  return {
    mesh: { positions, triangles: sorted },
    fileOrder: order,
    degenerate: (corners - used) / 3,
  };
}

/** An open hash table over the bits of the coordinates: no strings, no objects. */
function unify(coordinates: Float32Array, corners: number): { unique: Float32Array; vertexOf: Uint32Array } {
  const bits = new Int32Array(coordinates.buffer, coordinates.byteOffset, coordinates.length);
  // A closed mesh has six corners a vertex; a soup has one, for which the table is large enough too.
  const mask = 2 ** Math.ceil(Math.log2(corners * 1.5 + 8)) - 1;
  const table = new Int32Array(mask + 1).fill(-1);
  const first = new Uint32Array(corners);
  const vertexOf = new Uint32Array(corners);
  let count = 0;
  for (let corner = 0; corner < corners; corner++) {
    const at = corner * 3;
    const x = bits[at]! === minusZero ? 0 : bits[at]!;
    const y = bits[at + 1]! === minusZero ? 0 : bits[at + 1]!;
    const z = bits[at + 2]! === minusZero ? 0 : bits[at + 2]!;
    bits[at] = x;
    bits[at + 1] = y;
    bits[at + 2] = z;
    let hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(z, 0xc2b2ae3d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const vertex = table[slot]!;
      if (vertex < 0) {
        table[slot] = count;
        first[count] = at;
        vertexOf[corner] = count++;
        break;
      }
      const other = first[vertex]!;
      if (bits[other] === x && bits[other + 1] === y && bits[other + 2] === z) {
        vertexOf[corner] = vertex;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  const unique = new Float32Array(count * 3);
  for (let vertex = 0; vertex < count; vertex++)
    for (let axis = 0; axis < 3; axis++) unique[vertex * 3 + axis] = coordinates[first[vertex]! + axis]!;
  return { unique, vertexOf };
}

const minusZero = -0x80000000;
