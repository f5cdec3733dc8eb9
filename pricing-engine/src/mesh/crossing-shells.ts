import type { Body } from './bodies.ts';
import { countedTwice, type Work } from './counted-twice.ts';
import { isUnsound, kernel, solidOf } from './kernel.ts';
import type { Box } from './mesh.ts';
import type { PlaceOnSurface } from './places.ts';
import type { RayGrid } from './ray-grid.ts';
import { crossesItself, selfCrossings } from './self-crossing.ts';
import type { Shell } from './shells.ts';

/** Shells that go through themselves: they count as they are drawn. */
export interface CrossingShells {
  shells: number;
  /** What lies in them twice, and so is counted twice; null where that could not be computed. */
  twiceMm3: number | null;
}

/** Shells looked at: each takes some milliseconds. */
const mostSuspects = 100;
/** Triangles handled while shells are taken apart: some seconds. */
const mostTriangles = 4_000_000;
/** A shell that counts no more than this share of itself twice only touches itself. */
const noise = 1e-6;

/**
 * Which bodies go through themselves, and how much of them is counted twice for it. Null where none does.
 * @param surface of the union of the bodies
 */
export async function findCrossingShells(
  bodies: readonly Body[],
  surface: { grid: RayGrid; box: Box; places: readonly PlaceOnSurface[] },
): Promise<CrossingShells | null> {
  const found = selfCrossings(surface.grid, surface.box, surface.places);
  if (found.length === 0) return null;
  const near = bodies.flatMap(({ outer }) =>
    found.some(({ point }) => holds(outer.box, point)) ? [outer] : [],
  );
  // By itself each, since a place of the union may be mistaken for one that lies in another body.
  const suspects = near.slice(0, mostSuspects).filter((shell) => crossesItself(shell, shell.box));
  const work: Work = { triangles: mostTriangles };
  let shells = 0;
  let twiceMm3: number | null = near.length > mostSuspects ? null : 0;
  for (const shell of suspects) {
    const own = await twiceIn(shell, work);
    if (own !== null && Math.abs(own) <= noise * shell.volume) continue;
    shells++;
    twiceMm3 = twiceMm3 === null || own === null ? null : twiceMm3 + own;
  }
  return shells > 0 ? { shells, twiceMm3 } : null;
}

async function twiceIn(shell: Shell, work: Work): Promise<number | null> {
  const toplevel = await kernel();
  try {
    const drawn = solidOf(toplevel, shell);
    try {
      return countedTwice(toplevel, drawn, work);
    } finally {
      drawn.delete();
    }
  } catch (error) {
    // A shell that needed no union was never shown to the kernel: it need not be one for it.
    if (isUnsound(error)) return null;
    throw error;
  }
}

function holds({ min, max }: Box, point: readonly [number, number, number]): boolean {
  return point.every((value, axis) => value >= min[axis]! && value <= max[axis]!);
}
