import type { Mesh } from './mesh.ts';
import { splitMesh } from './split-mesh.ts';

/**
 * Takes the surface apart where the file does: programs write one body after another, so a body ends where every edge
 * since the last end has an even number of triangles. That tells bodies apart whose triangles lie on each other, which
 * nothing in their shape does. Null where the file is one body, or its last one does not close.
 * @param fileOrder the place of each triangle in the file
 */
export function closedRuns(mesh: Mesh, fileOrder: Uint32Array): Mesh[] | null {
  const { positions, triangles } = mesh;
  const vertices = positions.length / 3;
  const byPlace = new Uint32Array(fileOrder.length);
  for (let triangle = 0; triangle < fileOrder.length; triangle++) byPlace[fileOrder[triangle]!] = triangle;
  const odd = new Set<number>();
  const runOf = new Int32Array(fileOrder.length);
  let run = 0;
  for (const triangle of byPlace) {
    runOf[triangle] = run;
    for (let corner = 0; corner < 3; corner++) {
      const from = triangles[triangle * 3 + corner]!;
      const to = triangles[triangle * 3 + ((corner + 1) % 3)]!;
      const edge = Math.min(from, to) * vertices + Math.max(from, to);
      if (!odd.delete(edge)) odd.add(edge);
    }
    if (odd.size === 0) run++;
  }
  return odd.size > 0 || run < 2 ? null : splitMesh(mesh, runOf, run);
}
