import { refuse } from '../refusal.ts';
import { CROWDED, type HalfEdges, next } from './half-edges.ts';
import { type Mesh, vertexAt } from './mesh.ts';
import type { Patches } from './patches.ts';
import { shareCopies } from './share-copies.ts';

/**
 * Tells apart what meets at crowded edges: gives each half-edge there a mate, so that every shell is closed in itself.
 * Patches that are sound by themselves stay by themselves; else those are paired that have material between them.
 * Refuses MESH_NOT_MANIFOLD where as many triangles must go one way along the edge as the other, and do not.
 */
export function separateEdges(mesh: Mesh, edges: HalfEdges, found: Patches): void {
  const patches = shareCopies(mesh, edges, found);
  const { triangles } = mesh;
  const forward = (edge: number) => triangles[edge]! < triangles[next(edge)]!;
  let wrong = 0;
  let wrongAt = 0;
  for (const group of edges.crowded) {
    const ahead = group.filter(forward);
    const back = group.filter((edge) => !forward(edge));
    if (ahead.length !== back.length) {
      wrong++;
      wrongAt = group[0]!;
      continue;
    }
    const pairs = byPatch(ahead, back, patches) ?? byAngle(mesh, group, forward);
    for (const [one, other] of pairs) {
      edges.mate[one] = other;
      edges.mate[other] = one;
    }
  }
  if (wrong > 0) throw refuse('MESH_NOT_MANIFOLD', wrong, vertexAt(mesh, triangles[wrongAt]!));
  if (edges.mate.includes(CROWDED)) throw new Error('an edge was left crowded');
}

/** One half-edge ahead and one back of each patch, or null. */
function byPatch(ahead: number[], back: number[], { of }: Patches): [number, number][] | null {
  const patch = (edge: number) => of[Math.floor(edge / 3)]!;
  const mates = new Map(back.map((edge) => [patch(edge), edge]));
  const found = new Set(ahead.map(patch));
  if (mates.size !== back.length || found.size !== ahead.length) return null;
  if (ahead.some((edge) => !mates.has(patch(edge)))) return null;
  return ahead.map((edge) => [edge, mates.get(patch(edge))!]);
}

/**
 * Round the edge, counter-clockwise seen against its direction from the smaller vertex: material begins at a triangle
 * that goes back along the edge and ends at one that goes ahead. Like brackets: an inner pair closes first.
 */
function byAngle(mesh: Mesh, group: number[], forward: (edge: number) => boolean): [number, number][] {
  const sorted = sortByAngle(mesh, group, forward);
  // Begin where the nesting is deepest outside, so that no bracket closes before it opens.
  let depth = 0;
  let lowest = 0;
  let start = 0;
  for (const [index, edge] of sorted.entries()) {
    depth += forward(edge) ? -1 : 1;
    if (depth < lowest) {
      lowest = depth;
      start = index + 1;
    }
  }
  const open: number[] = [];
  const pairs: [number, number][] = [];
  for (let index = 0; index < sorted.length; index++) {
    const edge = sorted[(start + index) % sorted.length]!;
    if (forward(edge)) pairs.push([edge, open.pop()!]);
    else open.push(edge);
  }
  return pairs;
}

/** Copies of one triangle have the same angle: in all its edges alike one of them lies inside the other. */
function sortByAngle(
  { positions: p, triangles }: Mesh,
  group: number[],
  forward: (edge: number) => boolean,
): number[] {
  const first = group[0]!;
  const low = Math.min(triangles[first]!, triangles[next(first)]!) * 3;
  const high = Math.max(triangles[first]!, triangles[next(first)]!) * 3;
  const axis = [0, 1, 2].map((i) => p[high + i]! - p[low + i]!);
  const length = Math.hypot(...axis);
  // Two directions across the edge that with it make a right-handed frame.
  const thin = axis.reduce((best, value, i) => (Math.abs(value) < Math.abs(axis[best]!) ? i : best), 0);
  const helper = [0, 1, 2].map((i) => (i === thin ? 1 : 0));
  const u = cross(axis, helper);
  const v = cross(axis, u).map((value) => value / length);
  const angle = (edge: number) => {
    const apex = triangles[next(next(edge))]! * 3;
    const r = [0, 1, 2].map((i) => p[apex + i]! - p[low + i]!);
    return Math.atan2(dot(r, v), dot(r, u));
  };
  const angles = new Map(group.map((edge) => [edge, angle(edge)]));
  return [...group].sort(
    (one, other) =>
      angles.get(one)! - angles.get(other)! || (forward(one) && forward(other) ? other - one : one - other),
  );
}

function cross(a: number[], b: number[]): number[] {
  return [a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!];
}

function dot(a: number[], b: number[]): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}
