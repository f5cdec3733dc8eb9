import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { HalfEdges } from './half-edges.ts';
import { type Box, boxOf, type Mesh, sizeOf } from './mesh.ts';
import { findPatches } from './patches.ts';
import { volumeOf } from './volume.ts';

/** One closed, connected surface. */
export interface Shell extends Mesh {
  /** Negative when it looks inwards. */
  volume: number;
  box: Box;
}

/** A shell of less than this is a sheet: 10⁻⁹ of its box's largest face times its diagonal is noise of 32 bits. */
const flatShare = 1e-9;

/**
 * Takes the surface apart into its shells, each with vertices of its own. Where a shell touches itself along an edge or
 * in a point, its vertices are told apart too, since a union wants every edge to have two triangles by number.
 */
export function takeShells(mesh: Mesh, edges: HalfEdges, limits: Limits): { shells: Shell[]; flat: number } {
  const { of, count } = findPatches(edges);
  if (count > limits.maxShells) throw refuse('TOO_MANY_SHELLS', count, limits.maxShells);
  const isSimple = count === 1 && edges.crowded.length === 0;
  const meshes = isSimple ? [mesh] : split(mesh, of, count, edges);
  const shells: Shell[] = [];
  let flat = 0;
  for (const { positions, triangles } of meshes) {
    const box = boxOf({ positions, triangles });
    const volume = volumeOf(positions, triangles, box);
    const [x, y, z] = sizeOf(box);
    if (Math.abs(volume) <= Math.max(x * y, y * z, z * x) * Math.hypot(x, y, z) * flatShare) flat++;
    else shells.push({ positions, triangles, volume, box });
  }
  if (shells.length === 0) throw refuse('NO_VOLUME');
  return { shells, flat };
}

function split(mesh: Mesh, of: Int32Array, count: number, edges: HalfEdges): Mesh[] {
  const corners = edges.crowded.length > 0 ? umbrellas(mesh, edges) : mesh.triangles;
  const starts = new Uint32Array(count + 1);
  for (const shell of of) starts[shell + 1]!++;
  for (let shell = 0; shell < count; shell++) starts[shell + 1]! += starts[shell]!;
  const order = new Uint32Array(of.length);
  const at = starts.slice();
  for (let triangle = 0; triangle < of.length; triangle++) order[at[of[triangle]!]!++] = triangle;
  const numbers = Math.max(mesh.triangles.length, mesh.positions.length / 3);
  // Which shell has a vertex number last, and under what number there.
  const owner = new Int32Array(numbers).fill(-1);
  const local = new Uint32Array(numbers);
  return Array.from({ length: count }, (_, shell) => {
    const triangles = new Uint32Array((starts[shell + 1]! - starts[shell]!) * 3);
    const positions = new Float32Array(triangles.length * 3);
    let vertices = 0;
    let used = 0;
    for (let index = starts[shell]!; index < starts[shell + 1]!; index++)
      for (let corner = order[index]! * 3; corner < order[index]! * 3 + 3; corner++) {
        const vertex = corners[corner]!;
        if (owner[vertex] !== shell) {
          owner[vertex] = shell;
          const from = mesh.triangles[corner]! * 3;
          const to = vertices * 3;
          positions[to] = mesh.positions[from]!;
          positions[to + 1] = mesh.positions[from + 1]!;
          positions[to + 2] = mesh.positions[from + 2]!;
          local[vertex] = vertices++;
        }
        triangles[used++] = local[vertex]!;
      }
    return { positions: positions.slice(0, vertices * 3), triangles };
  });
}

/**
 * A number for each corner, shared by the corners that hang together round their vertex over mates. A vertex in which
 * two cones touch has two of them.
 */
function umbrellas({ triangles }: Mesh, { mate }: HalfEdges): Uint32Array {
  const leader = Uint32Array.from(triangles, (_, corner) => corner);
  const find = (corner: number) => {
    let root = corner;
    while (leader[root] !== root) root = leader[root]!;
    while (leader[corner] !== root) {
      const above = leader[corner]!;
      leader[corner] = root;
      corner = above;
    }
    return root;
  };
  const join = (one: number, other: number) => {
    const a = find(one);
    const b = find(other);
    if (a !== b) leader[Math.max(a, b)] = Math.min(a, b);
  };
  for (let edge = 0; edge < mate.length; edge++) {
    const other = mate[edge]!;
    if (other < edge) continue;
    // The mate goes the other way: its end is our beginning.
    join(edge, other % 3 === 2 ? other - 2 : other + 1);
    join(other, edge % 3 === 2 ? edge - 2 : edge + 1);
  }
  return leader.map((_, corner) => find(corner));
}
