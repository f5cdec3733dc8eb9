import type { HalfEdges } from './half-edges.ts';
import { next } from './half-edges.ts';
import type { Mesh } from './mesh.ts';
import type { Patches } from './patches.ts';

/** Edges looked at, all rounds together: what is still open then is told apart by its angles. */
const mostWork = 2_000_000;

/**
 * Where two bodies have a triangle in common, each needs a copy of it, and the copies hang on nothing but crowded edges. Gives
 * each copy to the patch of one of the bodies: at an edge where all else has its partner, those that lack one are the
 * owners. Others follow from neighbour to neighbour.
 */
export function shareCopies(mesh: Mesh, { crowded }: HalfEdges, patches: Patches): Patches {
  const copies = copiesAt(mesh, crowded);
  if (copies.size === 0) return patches;
  const owners = new Map<readonly number[], readonly number[]>();
  let work = mostWork;
  for (let before = -1; before < owners.size && work > 0; ) {
    before = owners.size;
    for (const edges of crowded) {
      work -= edges.length;
      const found = ownersAt(mesh, edges, patches, copies, owners);
      if (found) owners.set(found.copies, found.owners);
    }
  }
  const of = patches.of.slice();
  for (const [triangles, patch] of owners)
    for (const [index, triangle] of triangles.entries()) of[triangle] = patch[index]!;
  return { of, count: patches.count };
}

/** For each triangle that has copies the same way round, it and all of them. */
function copiesAt({ triangles }: Mesh, crowded: HalfEdges['crowded']): Map<number, readonly number[]> {
  const alike = new Map<string, number[]>();
  const seen = new Set<number>();
  for (const edge of crowded.flat()) {
    const triangle = Math.floor(edge / 3);
    if (seen.has(triangle)) continue;
    seen.add(triangle);
    const corners = [0, 1, 2].map((corner) => triangles[triangle * 3 + corner]!);
    const first = corners.indexOf(Math.min(...corners));
    const key = [0, 1, 2].map((corner) => corners[(first + corner) % 3]).join();
    const others = alike.get(key);
    if (others) others.push(triangle);
    else alike.set(key, [triangle]);
  }
  const copies = [...alike.values()].filter((group) => group.length > 1);
  return new Map(copies.flatMap((group) => group.map((triangle) => [triangle, group] as const)));
}

/** If at this edge one group of copies is left whose owners are not known, and those that lack a partner are as many. */
function ownersAt(
  { triangles }: Mesh,
  edges: readonly number[],
  { of }: Patches,
  copies: ReadonlyMap<number, readonly number[]>,
  owners: ReadonlyMap<readonly number[], readonly number[]>,
): { copies: readonly number[]; owners: number[] } | null {
  const balance = new Map<number, number>();
  let orphans: readonly number[] | null = null;
  let way = 0;
  for (const edge of edges) {
    const triangle = Math.floor(edge / 3);
    const sense = triangles[edge]! < triangles[next(edge)]! ? 1 : -1;
    const group = copies.get(triangle);
    const known = group && owners.get(group);
    if (group && !known) {
      if (orphans && orphans !== group) return null;
      orphans = group;
      way = sense;
      continue;
    }
    const patch = group && known ? known[group.indexOf(triangle)]! : of[triangle]!;
    balance.set(patch, (balance.get(patch) ?? 0) + sense);
  }
  if (!orphans) return null;
  const lacking = [...balance].filter(([, sum]) => sum !== 0);
  if (lacking.length !== orphans.length || lacking.some(([, sum]) => sum !== -way)) return null;
  return { copies: orphans, owners: lacking.map(([patch]) => patch) };
}
