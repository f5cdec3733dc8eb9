import type { Manifold, ManifoldToplevel } from 'manifold-3d';
import { meshOf } from './kernel.ts';
import { boxOf } from './mesh.ts';
import { crossesItself } from './self-crossing.ts';

/** Pieces of some thousandth of the side: what still crosses itself there is too small to matter. */
const deepest = 16;
/** Pieces of one solid: one that goes through itself in more places than that is not taken apart. */
const mostPieces = 64;
/** So much may be wound the wrong way round, as a share of what is counted twice, before that says nothing any more. */
const wrongShare = 0.01;
/** And so much in any case, as a share of the solid. */
const noise = 1e-6;

/** What may still be done, over several solids: triangles handled, a microsecond or two each. */
export interface Work {
  triangles: number;
}

/**
 * How much lies twice in a solid whose surface goes through itself, in mm³. It is cut in two, and again, until its
 * branches are pieces of their own; those are united, and what they have less than the solid was counted twice. The kernel
 * counts how often a surface goes round each point and so can cut what crosses itself, though it cannot unite it with itself.
 * @returns null where that would take too much, and where a part of the solid is wound the wrong way round
 */
export function countedTwice(
  { Manifold }: Pick<ManifoldToplevel, 'Manifold'>,
  solid: Manifold,
  work: Work,
): number | null {
  const task: Task = { work, left: mostPieces, pieces: [], wrongMm3: 0 };
  try {
    takeApart(task, solid, 0);
    if (isTooMuch(task)) return null;
    const united = Manifold.union(task.pieces);
    const twice = solid.volume() - united.volume();
    united.delete();
    return task.wrongMm3 > wrongShare * Math.abs(twice) + noise * solid.volume() ? null : twice;
  } finally {
    for (const piece of task.pieces) piece.delete();
  }
}

interface Task {
  work: Work;
  left: number;
  /** Sound ones. */
  pieces: Manifold[];
  /** Of the pieces that enclose less than nothing. */
  wrongMm3: number;
}

function isTooMuch({ work, left }: Task): boolean {
  return left < 0 || work.triangles < 0;
}

function takeApart(task: Task, solid: Manifold, depth: number): void {
  task.work.triangles -= solid.numTri();
  if (isTooMuch(task)) return;
  const apart = solid.decompose();
  const parts = apart.length > 1 ? apart : halves(solid);
  if (apart.length === 1) apart[0]!.delete();
  for (const part of parts) {
    const volume = part.volume();
    task.wrongMm3 += Math.max(0, -volume);
    const isMaterial = volume > 0 && task.left-- > 0;
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

/** Cut across its longest side, not quite in the middle: designs are symmetric, and a cut along a wall is a bad one. */
function halves(solid: Manifold): Manifold[] {
  const { min, max } = solid.boundingBox();
  const size = [0, 1, 2].map((axis) => max[axis]! - min[axis]!);
  const axis = size.indexOf(Math.max(...size));
  const normal = [0, 1, 2].map((index) => (index === axis ? 1 : 0)) as [number, number, number];
  return solid.splitByPlane(normal, min[axis]! + 0.4873 * size[axis]!);
}
