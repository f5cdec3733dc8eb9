import { type HalfEdges, next } from './half-edges.ts';
import type { Mesh } from './mesh.ts';
import { PointGrid } from './point-grid.ts';

/**
 * Joins vertices of open edges that lie within the tolerance of each other. Closed parts are not touched, so that no fine
 * detail is lost to it. The smallest number of those that join stays.
 */
export function stitch(mesh: Mesh, { open }: HalfEdges, tolerance: number): { mesh: Mesh; joined: number } {
  const { positions, triangles } = mesh;
  const vertices = openVertices(mesh, open);
  const grid = new PointGrid(positions, vertices, 4 * tolerance);
  const target = Uint32Array.from({ length: positions.length / 3 }, (_, index) => index);
  let joined = 0;
  for (const vertex of vertices) {
    if (target[vertex] !== vertex) continue;
    grid.around(vertex, tolerance, (other) => {
      if (other <= vertex || target[other] !== other) return;
      if (distance(positions, vertex, other) > tolerance) return;
      target[other] = vertex;
      joined++;
    });
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
export function openVertices({ positions, triangles }: Mesh, open: readonly number[]): Uint32Array {
  const isOpen = new Uint8Array(positions.length / 3);
  for (const edge of open) {
    isOpen[triangles[edge]!] = 1;
    isOpen[triangles[next(edge)]!] = 1;
  }
  const vertices = new Uint32Array(isOpen.length);
  let count = 0;
  for (let vertex = 0; vertex < isOpen.length; vertex++) if (isOpen[vertex]) vertices[count++] = vertex;
  return vertices.slice(0, count);
}

function distance(p: Float32Array, a: number, b: number): number {
  const dx = p[a * 3]! - p[b * 3]!;
  const dy = p[a * 3 + 1]! - p[b * 3 + 1]!;
  const dz = p[a * 3 + 2]! - p[b * 3 + 2]!;
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}
