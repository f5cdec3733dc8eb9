import type { Box } from './mesh.ts';
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
    const parent = nodes.findLast((node) => contains(node.shell, shell)) ?? null;
    const turn = parent ? parent.turn : shell.volume < 0;
    const outwards = turn ? shell.volume < 0 : shell.volume > 0;
    nodes.push({ shell, parent, turn, outwards, body: null });
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
}

/** How many vertices of a shell are asked. Where shells cross each other some are in and some are out. */
const samples = 8;

function contains(outer: Shell, inner: Shell): boolean {
  if (!boxContains(outer.box, inner.box)) return false;
  const { positions } = inner;
  const vertices = positions.length / 3;
  const step = Math.max(1, Math.floor(vertices / samples));
  for (let vertex = 0; vertex < vertices; vertex += step) {
    const at = vertex * 3;
    const winding = windingNumber(outer, positions[at]!, positions[at + 1]!, positions[at + 2]!);
    if (Math.abs(winding) < 0.5) return false;
  }
  return true;
}

function boxContains(outer: Box, inner: Box): boolean {
  return [0, 1, 2].every(
    (axis) => outer.min[axis]! <= inner.min[axis]! && outer.max[axis]! >= inner.max[axis]!,
  );
}

function turned(shell: Shell): Shell {
  const triangles = shell.triangles.slice();
  for (let at = 0; at < triangles.length; at += 3) {
    triangles[at + 1] = shell.triangles[at + 2]!;
    triangles[at + 2] = shell.triangles[at + 1]!;
  }
  return { ...shell, triangles, volume: -shell.volume };
}
