import { type HalfEdges, next } from './half-edges.ts';
import { boxOf, diagonalOf, type Mesh } from './mesh.ts';
import { PointGrid } from './point-grid.ts';
import { openVertices } from './stitch.ts';

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
  const vertices = openVertices(mesh, open);
  const grid = new PointGrid(positions, vertices, cellSize(mesh, open, vertices.length));
  const replaced = new Map<number, number[]>();
  for (const edge of open) {
    const triangle = Math.floor(edge / 3);
    if (replaced.has(triangle)) continue;
    const from = triangles[edge]!;
    const to = triangles[next(edge)]!;
    const apex = triangles[next(next(edge))]!;
    const between = pointsOn(positions, from, to, grid, tolerance).filter((point) => point !== apex);
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

/** As long as an open edge is on average, or finer if points would crowd in cells of that size. */
function cellSize({ positions, triangles }: Mesh, open: readonly number[], points: number): number {
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
  // Of a cube of the same diagonal.
  const spread = diagonalOf(boxOf({ positions, triangles })) / Math.cbrt(points * 5);
  return Math.min(sum / open.length, spread);
}

/** The vertices strictly between two others on the straight line, in their order. */
function pointsOn(p: Float32Array, from: number, to: number, grid: PointGrid, tolerance: number): number[] {
  const [ax, ay, az] = [p[from * 3]!, p[from * 3 + 1]!, p[from * 3 + 2]!];
  const [dx, dy, dz] = [p[to * 3]! - ax, p[to * 3 + 1]! - ay, p[to * 3 + 2]! - az];
  const length = Math.hypot(dx, dy, dz);
  if (length <= 2 * tolerance) return [];
  const found = new Map<number, number>();
  grid.along(from, to, tolerance, (vertex) => {
    if (vertex === from || vertex === to) return;
    const rx = p[vertex * 3]! - ax;
    const ry = p[vertex * 3 + 1]! - ay;
    const rz = p[vertex * 3 + 2]! - az;
    const along = (rx * dx + ry * dy + rz * dz) / length;
    if (along <= tolerance || along >= length - tolerance) return;
    const t = along / length;
    const [ox, oy, oz] = [rx - t * dx, ry - t * dy, rz - t * dz];
    if (ox * ox + oy * oy + oz * oz <= tolerance * tolerance) found.set(vertex, along);
  });
  return [...found].sort(([, one], [, other]) => one - other).map(([vertex]) => vertex);
}
