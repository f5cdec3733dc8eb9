import { refuse } from '../refusal.ts';
import type { HalfEdges } from './half-edges.ts';
import { type Mesh, vertexAt } from './mesh.ts';
import { findPatches, type Patches } from './patches.ts';

export interface Oriented {
  mesh: Mesh;
  patches: Patches;
  /** Triangles that were turned. */
  flipped: number;
}

/**
 * Turns triangles until neighbours agree which side is out: a flood over plain edges, then in each patch the side that
 * most of its area had in the file. Refuses MESH_NOT_ORIENTABLE where the flood meets itself the wrong way round.
 * The half-edges must be paired again afterwards if any was flipped.
 */
export function orient(mesh: Mesh, edges: HalfEdges): Oriented {
  if (edges.agree) return { mesh, patches: findPatches(edges), flipped: 0 };
  const { triangles } = mesh;
  const { flip, patches } = flood(mesh, edges);
  const balance = new Float64Array(patches.count);
  for (let triangle = 0; triangle < flip.length; triangle++)
    balance[patches.of[triangle]!]! += flip[triangle] ? -area(mesh, triangle) : area(mesh, triangle);
  let flipped = 0;
  for (let triangle = 0; triangle < flip.length; triangle++) {
    if (balance[patches.of[triangle]!]! < 0) flip[triangle] = 1 - flip[triangle]!;
    flipped += flip[triangle]!;
  }
  if (flipped === 0) return { mesh, patches, flipped };
  const turned = triangles.slice();
  for (let triangle = 0; triangle < flip.length; triangle++)
    if (flip[triangle]) {
      turned[triangle * 3 + 1] = triangles[triangle * 3 + 2]!;
      turned[triangle * 3 + 2] = triangles[triangle * 3 + 1]!;
    }
  return { mesh: { ...mesh, triangles: turned }, patches, flipped };
}

/** 1 for each triangle that must be turned to agree with the first one of its patch; and the patches. */
function flood(mesh: Mesh, { mate }: HalfEdges): { flip: Uint8Array; patches: Patches } {
  const { triangles } = mesh;
  const length = triangles.length / 3;
  const flip = new Uint8Array(length);
  const of = new Int32Array(length).fill(-1);
  const queue = new Uint32Array(length);
  let count = 0;
  for (let seed = 0; seed < length; seed++) {
    if (of[seed]! >= 0) continue;
    let head = 0;
    let tail = 0;
    of[seed] = count;
    queue[tail++] = seed;
    while (head < tail) {
      const triangle = queue[head++]!;
      for (let edge = triangle * 3; edge < triangle * 3 + 3; edge++) {
        const other = mate[edge]!;
        if (other < 0) continue;
        const neighbour = (other / 3) | 0;
        // Neighbours that agree walk along their edge in opposite directions.
        const disagree = triangles[edge] === triangles[other] ? 1 : 0;
        const wanted = flip[triangle]! ^ disagree;
        if (of[neighbour]! < 0) {
          of[neighbour] = count;
          flip[neighbour] = wanted;
          queue[tail++] = neighbour;
        } else if (flip[neighbour] !== wanted) {
          throw refuse('MESH_NOT_ORIENTABLE', vertexAt(mesh, triangles[edge]!));
        }
      }
    }
    count++;
  }
  return { flip, patches: { of, count } };
}

function area({ positions: p, triangles }: Mesh, triangle: number): number {
  const a = triangles[triangle * 3]! * 3;
  const b = triangles[triangle * 3 + 1]! * 3;
  const c = triangles[triangle * 3 + 2]! * 3;
  const ux = p[b]! - p[a]!;
  const uy = p[b + 1]! - p[a + 1]!;
  const uz = p[b + 2]! - p[a + 2]!;
  const vx = p[c]! - p[a]!;
  const vy = p[c + 1]! - p[a + 1]!;
  const vz = p[c + 2]! - p[a + 2]!;
  return Math.sqrt((uy * vz - uz * vy) ** 2 + (uz * vx - ux * vz) ** 2 + (ux * vy - uy * vx) ** 2);
}
