import type { Box } from './mesh.ts';
import { RayGrid } from './ray-grid.ts';
import { note, type Repairs } from './repairs.ts';
import type { Shell } from './shells.ts';
import { windingNumber } from './winding.ts';

/** A solid: a shell that looks outwards, less the voids right inside it, which look inwards. */
export interface Body {
  outer: Shell;
  voids: Shell[];
}

/**
 * Says of each shell what it is. A shell wound opposite to the one right around it is a void. One wound the wrong way
 * with nothing around it was exported inside out and is turned, and what lies in it with it. Where all shells look
 * outwards, which is the rule, nothing has to be compared.
 */
export function findBodies(shells: readonly Shell[], repairs: Repairs): Body[] {
  if (shells.every(({ volume }) => volume > 0)) return shells.map((outer) => ({ outer, voids: [] }));
  const bySize = [...shells].sort((a, b) => Math.abs(b.volume) - Math.abs(a.volume));
  const nodes: Node[] = [];
  for (const shell of bySize) {
    // Larger ones come first: the last that holds it is the smallest, the one right around.
    const parent = nodes.findLast((node) => contains(node, shell)) ?? null;
    const turn = parent ? parent.turn : shell.volume < 0;
    const outwards = turn ? shell.volume < 0 : shell.volume > 0;
    nodes.push({ shell, parent, turn, outwards, body: null, grid: null });
  }
  const bodies: Body[] = [];
  let inverted = 0;
  for (const node of nodes) {
    const shell = node.turn ? turned(node.shell) : node.shell;
    if (node.outwards) {
      if (node.turn && !node.parent) inverted++;
      node.body = { outer: shell, voids: [] };
      bodies.push(node.body);
    } else if (node.parent?.body) {
      node.parent.body.voids.push(shell);
    }
    // A void in a void takes nothing away.
  }
  note(repairs, 'invertedShells', inverted);
  return bodies;
}

interface Node {
  shell: Shell;
  parent: Node | null;
  /** Whether everything in the outermost shell around it was exported inside out. */
  turn: boolean;
  outwards: boolean;
  body: Body | null;
  /** Of a fine shell, when it is first asked. */
  grid: RayGrid | null;
}

/** How many vertices of a shell are asked. Where shells cross each other some are in and some are out. */
const samples = 8;
/** A shell of more triangles is not gone through for every vertex: rays are asked, three so that an unlucky one is outvoted. */
const fineFrom = 2000;
const rays = [
  [0.8017, 0.2673, 0.5347],
  [-0.3244, 0.8111, -0.4867],
  [0.1195, -0.5976, 0.7928],
] as const;

function contains(outer: Node, { box, positions }: Shell): boolean {
  if (!boxContains(outer.shell.box, box)) return false;
  const vertices = positions.length / 3;
  const step = Math.max(1, Math.floor(vertices / samples));
  for (let vertex = 0; vertex < vertices; vertex += step) {
    const at = vertex * 3;
    if (!isInside(outer, positions[at]!, positions[at + 1]!, positions[at + 2]!)) return false;
  }
  return true;
}

function isInside(outer: Node, x: number, y: number, z: number): boolean {
  const { shell } = outer;
  if (shell.triangles.length <= fineFrom * 3) return Math.abs(windingNumber(shell, x, y, z)) >= 0.5;
  outer.grid ??= new RayGrid(shell, shell.box);
  const { grid } = outer;
  return rays.filter(([dx, dy, dz]) => grid.winding(x, y, z, dx, dy, dz, 0) !== 0).length >= 2;
}

function boxContains({ min, max }: Box, inner: Box): boolean {
  for (let axis = 0; axis < 3; axis++)
    if (min[axis]! > inner.min[axis]! || max[axis]! < inner.max[axis]!) return false;
  return true;
}

function turned(shell: Shell): Shell {
  const triangles = shell.triangles.slice();
  for (let at = 0; at < triangles.length; at += 3) {
    triangles[at + 1] = shell.triangles[at + 2]!;
    triangles[at + 2] = shell.triangles[at + 1]!;
  }
  return { ...shell, triangles, volume: -shell.volume };
}
