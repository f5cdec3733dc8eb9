import type { Mesh } from './mesh.ts';

/**
 * Deals the triangles out to `count` meshes, each with vertices of its own.
 * @param of which mesh each triangle goes to
 * @param corners the vertex of each corner, where vertices in one place are to stay apart; else those of the mesh
 */
export function splitMesh(
  { positions: from, triangles: all }: Mesh,
  of: Int32Array,
  count: number,
  corners: Uint32Array = all,
): Mesh[] {
  const starts = new Uint32Array(count + 1);
  for (const part of of) starts[part + 1]!++;
  for (let part = 0; part < count; part++) starts[part + 1]! += starts[part]!;
  const order = new Uint32Array(of.length);
  const at = starts.slice();
  for (let triangle = 0; triangle < of.length; triangle++) order[at[of[triangle]!]!++] = triangle;
  const numbers = Math.max(all.length, from.length / 3);
  // Which part has a vertex number last, and under what number there.
  const owner = new Int32Array(numbers).fill(-1);
  const local = new Uint32Array(numbers);
  return Array.from({ length: count }, (_, part) => {
    const triangles = new Uint32Array((starts[part + 1]! - starts[part]!) * 3);
    const positions = new Float32Array(triangles.length * 3);
    let vertices = 0;
    let used = 0;
    for (let index = starts[part]!; index < starts[part + 1]!; index++)
      for (let corner = order[index]! * 3; corner < order[index]! * 3 + 3; corner++) {
        const vertex = corners[corner]!;
        if (owner[vertex] !== part) {
          owner[vertex] = part;
          const source = all[corner]! * 3;
          const target = vertices * 3;
          positions[target] = from[source]!;
          positions[target + 1] = from[source + 1]!;
          positions[target + 2] = from[source + 2]!;
          local[vertex] = vertices++;
        }
        triangles[used++] = local[vertex]!;
      }
    return { positions: positions.slice(0, vertices * 3), triangles };
  });
}
