import { type HalfEdges, next } from './half-edges.ts';
import type { Mesh } from './mesh.ts';
import { PointGrid } from './point-grid.ts';
import { openVertices } from './stitch.ts';

/** More cells than this along one open edge: rather ask all open vertices. */
const mostCells = 512;

/**
 * Splits triangles at vertices that lie on one of their open edges: there a neighbour has two short edges where the
 * triangle has a long one. One edge a triangle; call again while it splits any.
 */
export function splitTJunctions(
  mesh: Mesh,
  { open }: HalfEdges,
  tolerance: number,
): { mesh: Mesh; split: number } {
  const { positions, triangles } = mesh;
  const vertices = openVertices(triangles, open);
  const grid = new PointGrid(positions, vertices, cellSize(mesh, open));
  const replaced = new Map<number, number[]>();
  for (const edge of open) {
    const triangle = Math.floor(edge / 3);
    if (replaced.has(triangle)) continue;
    const from = triangles[edge]!;
    const to = triangles[next(edge)]!;
    const apex = triangles[next(next(edge))]!;
    const between = pointsOn(positions, from, to, vertices, grid, tolerance).filter(
      (point) => point !== apex,
    );
    if (between.length === 0) continue;
    const chain = [from, ...between, to];
    replaced.set(
      triangle,
      chain.slice(1).flatMap((point, index) => [chain[index]!, point, apex]),
    );
  }
  if (replaced.size === 0) return { mesh, split: 0 };
  const result: number[] = [];
  for (let triangle = 0; triangle < triangles.length / 3; triangle++) {
    const parts = replaced.get(triangle) ?? triangles.subarray(triangle * 3, triangle * 3 + 3);
    for (const corner of parts) result.push(corner);
  }
  return { mesh: { positions, triangles: Uint32Array.from(result) }, split: replaced.size };
}

/** About as long as an open edge is on average. */
function cellSize({ positions, triangles }: Mesh, open: readonly number[]): number {
  let sum = 0;
  for (const edge of open) {
    const a = triangles[edge]! * 3;
    const b = triangles[next(edge)]! * 3;
    sum += Math.hypot(
      positions[b]! - positions[a]!,
      positions[b + 1]! - positions[a + 1]!,
      positions[b + 2]! - positions[a + 2]!,
    );
  }
  return sum / open.length || 1;
}

/** The vertices strictly between two others on the straight line, in their order. */
function pointsOn(
  p: Float32Array,
  from: number,
  to: number,
  vertices: readonly number[],
  grid: PointGrid,
  tolerance: number,
): number[] {
  const a = [0, 1, 2].map((axis) => p[from * 3 + axis]!);
  const d = a.map((value, axis) => p[to * 3 + axis]! - value);
  const length = Math.hypot(...d);
  if (length <= 2 * tolerance) return [];
  const low = a.map((value, axis) => Math.min(value, value + d[axis]!) - tolerance);
  const high = a.map((value, axis) => Math.max(value, value + d[axis]!) + tolerance);
  const found: { vertex: number; along: number }[] = [];
  for (const vertex of grid.within(low, high, mostCells) ?? vertices) {
    if (vertex === from || vertex === to) continue;
    const r = a.map((value, axis) => p[vertex * 3 + axis]! - value);
    const along = (r[0]! * d[0]! + r[1]! * d[1]! + r[2]! * d[2]!) / length;
    if (along <= tolerance || along >= length - tolerance) continue;
    const off = Math.hypot(...r.map((value, axis) => value - (along / length) * d[axis]!));
    if (off <= tolerance) found.push({ vertex, along });
  }
  return found.sort((one, other) => one.along - other.along).map(({ vertex }) => vertex);
}
