import type { HalfEdges } from './half-edges.ts';
import { next } from './half-edges.ts';
import type { Mesh } from './mesh.ts';
import { PointGrid } from './point-grid.ts';

/**
 * Joins vertices of open edges that lie within the tolerance of each other. Closed parts are not touched, so that no fine
 * detail is lost to it. The smallest number of those that join stays.
 */
export function stitch(mesh: Mesh, { open }: HalfEdges, tolerance: number): { mesh: Mesh; joined: number } {
  const { positions, triangles } = mesh;
  const vertices = openVertices(triangles, open);
  const grid = new PointGrid(positions, vertices, tolerance);
  const target = Uint32Array.from({ length: positions.length / 3 }, (_, index) => index);
  let joined = 0;
  for (const vertex of vertices) {
    if (target[vertex] !== vertex) continue;
    for (const other of grid.near(vertex))
      if (other > vertex && target[other] === other) {
        target[other] = vertex;
        joined++;
      }
  }
  if (joined === 0) return { mesh, joined };
  const renamed = new Uint32Array(triangles.length);
  let used = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const a = target[triangles[at]!]!;
    const b = target[triangles[at + 1]!]!;
    const c = target[triangles[at + 2]!]!;
    if (a === b || b === c || c === a) continue;
    renamed[used++] = a;
    renamed[used++] = b;
    renamed[used++] = c;
  }
  return { mesh: { positions, triangles: renamed.slice(0, used) }, joined };
}

/** The vertices of the open edges, ascending. */
export function openVertices(triangles: Uint32Array, open: readonly number[]): number[] {
  const vertices = new Set<number>();
  for (const edge of open) vertices.add(triangles[edge]!).add(triangles[next(edge)]!);
  return [...vertices].sort((a, b) => a - b);
}
