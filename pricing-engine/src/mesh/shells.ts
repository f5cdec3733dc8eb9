import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { HalfEdges } from './half-edges.ts';
import { type Box, boxOf, type Mesh, sizeOf } from './mesh.ts';
import { findPatches, type Patches } from './patches.ts';
import { note, type Repairs } from './repairs.ts';
import { splitMesh } from './split-mesh.ts';
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
export function takeShells(
  mesh: Mesh,
  edges: HalfEdges,
  patches: Patches,
  limits: Limits,
  repairs: Repairs,
): Shell[] {
  // Only what was told apart at crowded edges hangs together otherwise than the patches did.
  const { of, count } = edges.crowded.length > 0 ? findPatches(edges) : patches;
  if (count > limits.maxShells) throw refuse('TOO_MANY_SHELLS', count, limits.maxShells);
  const isSimple = count === 1 && edges.crowded.length === 0;
  const corners = edges.crowded.length > 0 ? umbrellas(mesh, edges) : mesh.triangles;
  const meshes = isSimple ? [mesh] : splitMesh(mesh, of, count, corners);
  const shells: Shell[] = [];
  let flat = 0;
  for (const { positions, triangles } of meshes) {
    const box = boxOf({ positions, triangles });
    const volume = volumeOf(positions, triangles, box);
    const [x, y, z] = sizeOf(box);
    if (Math.abs(volume) <= Math.max(x * y, y * z, z * x) * Math.hypot(x, y, z) * flatShare) flat++;
    else shells.push({ positions, triangles, volume, box });
  }
  note(repairs, 'flatShells', flat);
  return shells;
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
