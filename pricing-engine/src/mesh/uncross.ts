import type { Manifold, ManifoldToplevel } from 'manifold-3d';
import { boxOf, type Mesh } from './mesh.ts';
import { crossesItself } from './self-crossing.ts';

type Kernel = Pick<ManifoldToplevel, 'Manifold'>;

/** Pieces of some thousandth of the side: what still crosses itself there is too small to matter. */
const deepest = 16;
/** Pieces looked at. A surface that goes through itself in more places than that is left as it is drawn. */
const mostPieces = 64;

/**
 * Makes of a solid whose surface goes through itself one whose surface does not: it is cut in two, and again, until its
 * branches are pieces of their own, and those are united. The kernel counts how often a surface goes round each point and
 * so can cut what crosses itself, though it cannot unite it with itself. What is wound the wrong way round is no material.
 * @returns null where there are too many such places; else another solid, to be deleted by who asked
 */
export function uncross(kernel: Kernel, solid: Manifold): Manifold | null {
  const task: Task = { left: mostPieces, pieces: [] };
  try {
    takeApart(task, solid, 0);
    return task.left < 0 ? null : kernel.Manifold.union(task.pieces);
  } finally {
    for (const piece of task.pieces) piece.delete();
  }
}

interface Task {
  left: number;
  /** Sound ones. */
  pieces: Manifold[];
}

function takeApart(task: Task, solid: Manifold, depth: number): void {
  const apart = solid.decompose();
  const parts = apart.length > 1 ? apart : halves(solid);
  if (apart.length === 1) apart[0]!.delete();
  for (const part of parts) {
    const isMaterial = part.volume() > 0 && task.left-- > 0;
    if (isMaterial && depth < deepest && crosses(part)) {
      takeApart(task, part, depth + 1);
      part.delete();
    } else if (isMaterial) task.pieces.push(part);
    else part.delete();
  }
}

function crosses(solid: Manifold): boolean {
  const mesh = meshOf(solid);
  return crossesItself(mesh, boxOf(mesh));
}

export function meshOf(solid: Manifold): Mesh {
  const { vertProperties, triVerts, numProp } = solid.getMesh();
  if (numProp !== 3) throw new Error(`expected 3 properties a vertex, got ${numProp}`);
  return { positions: vertProperties, triangles: triVerts };
}

/** Cut across its longest side, not quite in the middle: designs are symmetric, and a cut along a wall is a bad one. */
function halves(solid: Manifold): Manifold[] {
  const { min, max } = solid.boundingBox();
  const size = [0, 1, 2].map((axis) => max[axis]! - min[axis]!);
  const axis = size.indexOf(Math.max(...size));
  const normal = [0, 1, 2].map((index) => (index === axis ? 1 : 0)) as [number, number, number];
  return solid.splitByPlane(normal, min[axis]! + 0.4873 * size[axis]!);
}
