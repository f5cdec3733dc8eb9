import { without } from './duplicates.ts';
import type { HalfEdges } from './half-edges.ts';
import type { Mesh } from './mesh.ts';
import { findPatches } from './patches.ts';

/**
 * Takes off fins: patches that end in the open and hang on the rest by edges at which they are one too many. They have
 * no volume; without them those edges are sound.
 */
export function dropFins(mesh: Mesh, edges: HalfEdges): { mesh: Mesh; dropped: number } {
  const patches = findPatches(edges);
  const isOpen = new Uint8Array(patches.count);
  for (const edge of edges.open) isOpen[patches.of[Math.floor(edge / 3)]!] = 1;
  const hangs = new Uint8Array(patches.count);
  const belongs = new Uint8Array(patches.count);
  for (const group of edges.crowded) {
    const counts = new Map<number, number>();
    for (const edge of group) {
      const patch = patches.of[Math.floor(edge / 3)]!;
      counts.set(patch, (counts.get(patch) ?? 0) + 1);
    }
    for (const [patch, count] of counts)
      if (count === 1 && group.length % 2 === 1) hangs[patch] = 1;
      else belongs[patch] = 1;
  }
  const drop = new Set<number>();
  for (const [triangle, patch] of patches.of.entries())
    if (isOpen[patch] && hangs[patch] && !belongs[patch]) drop.add(triangle);
  if (drop.size === 0) return { mesh, dropped: 0 };
  return { mesh: { ...mesh, triangles: without(mesh.triangles, drop) }, dropped: drop.size };
}
