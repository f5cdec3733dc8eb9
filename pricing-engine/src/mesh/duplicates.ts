import type { HalfEdges } from './half-edges.ts';
import type { Mesh } from './mesh.ts';

/**
 * Leaves of triangles on the same three vertices what their sum says: of copies one, of a pair back to back nothing.
 * Only triangles at crowded edges can have copies, so only those are looked at.
 * @param keepPairs leaves one of a pair back to back: for a surface drawn from both sides
 */
export function dropDuplicates(
  { positions, triangles }: Mesh,
  { crowded }: HalfEdges,
  keepPairs: boolean,
): { mesh: Mesh; dropped: number } {
  const groups = new Map<string, number[]>();
  const seen = new Set<number>();
  for (const group of crowded)
    for (const edge of group) {
      const triangle = Math.floor(edge / 3);
      if (seen.has(triangle)) continue;
      seen.add(triangle);
      const key = [...triangles.subarray(triangle * 3, triangle * 3 + 3)].sort((a, b) => a - b).join();
      const same = groups.get(key);
      if (same) same.push(triangle);
      else groups.set(key, [triangle]);
    }
  const drop = new Set<number>();
  for (const same of groups.values()) {
    if (same.length === 1) continue;
    const sense = rises(triangles, same[0]!);
    const alike = same.filter((triangle) => rises(triangles, triangle) === sense);
    const opposite = same.filter((triangle) => rises(triangles, triangle) !== sense);
    const stays = alike.length >= opposite.length ? alike : opposite;
    const balanced = alike.length === opposite.length;
    for (const triangle of same) if (triangle !== stays[0] || (balanced && !keepPairs)) drop.add(triangle);
  }
  if (drop.size === 0) return { mesh: { positions, triangles }, dropped: 0 };
  return { mesh: { positions, triangles: without(triangles, drop) }, dropped: drop.size };
}

/** Which way round the triangle goes: whether its corners rise behind the smallest one. */
function rises(triangles: Uint32Array, triangle: number): boolean {
  const [a, b, c] = triangles.subarray(triangle * 3, triangle * 3 + 3) as unknown as [number, number, number];
  return a < b ? b < c || c < a : b < c && c < a;
}

/** The triangles, except those. */
export function without(triangles: Uint32Array, drop: ReadonlySet<number>): Uint32Array {
  return triangles.filter((_, at) => !drop.has(Math.floor(at / 3)));
}
