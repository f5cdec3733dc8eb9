import type { Mesh } from './mesh.ts';

/**
 * Who is whose neighbour. Half-edge `3t + k` is the side of triangle `t` from its corner `k` to the next one.
 */
export interface HalfEdges {
  /** The other half-edge of the same edge where there is exactly one, else `OPEN` or `CROWDED`. */
  mate: Int32Array;
  /** Half-edges without any other. */
  open: number[];
  /** Edges of three and more half-edges. */
  crowded: number[][];
  /** Whether all mates walk along their edge in opposite directions, so that neighbours agree which side is out. */
  agree: boolean;
}

export const OPEN = -1;
export const CROWDED = -2;

/** Half-edges of one vertex that are sorted by insertion. */
const short = 32;

/** The corner behind this one in its triangle. */
export function next(halfEdge: number): number {
  return halfEdge % 3 === 2 ? halfEdge - 2 : halfEdge + 1;
}

/** Finds the mates without a hash table: half-edges are sorted to their smaller vertex, of which each has but a few. */
export function pairHalfEdges({ positions, triangles }: Mesh): HalfEdges {
  const vertices = positions.length / 3;
  const starts = new Uint32Array(vertices + 2);
  for (let at = 0; at < triangles.length; at += 3) {
    const a = triangles[at]!;
    const b = triangles[at + 1]!;
    const c = triangles[at + 2]!;
    starts[(a < b ? a : b) + 2]!++;
    starts[(b < c ? b : c) + 2]!++;
    starts[(c < a ? c : a) + 2]!++;
  }
  for (let vertex = 0; vertex < vertices; vertex++) starts[vertex + 2]! += starts[vertex + 1]!;
  const edges = new Uint32Array(triangles.length);
  for (let at = 0; at < triangles.length; at += 3) {
    const a = triangles[at]!;
    const b = triangles[at + 1]!;
    const c = triangles[at + 2]!;
    edges[starts[(a < b ? a : b) + 1]!++] = at;
    edges[starts[(b < c ? b : c) + 1]!++] = at + 1;
    edges[starts[(c < a ? c : a) + 1]!++] = at + 2;
  }
  const found: HalfEdges = {
    mate: new Int32Array(triangles.length).fill(OPEN),
    open: [],
    crowded: [],
    agree: true,
  };
  const { mate } = found;
  const few = new Uint32Array(short);
  for (let vertex = 0; vertex < vertices; vertex++) {
    const start = starts[vertex]!;
    const end = starts[vertex + 1]!;
    const far = end - start > short ? new Uint32Array(end - start) : few;
    sortByFar(triangles, vertex, edges, start, end, far);
    for (let at = start; at < end; ) {
      let last = at + 1;
      while (last < end && far[last - start] === far[at - start]) last++;
      if (last - at === 2) {
        const one = edges[at]!;
        const other = edges[at + 1]!;
        mate[one] = other;
        mate[other] = one;
        if (triangles[one] === triangles[other]) found.agree = false;
      } else unpaired(found, edges, at, last);
      at = last;
    }
  }
  return found;
}

function unpaired({ mate, open, crowded }: HalfEdges, edges: Uint32Array, start: number, end: number): void {
  if (end - start === 1) {
    open.push(edges[start]!);
    return;
  }
  const group = Array.from(edges.subarray(start, end));
  for (const edge of group) mate[edge] = CROWDED;
  crowded.push(group);
}

/** Sorts half-edges of one vertex by their other one, which goes to `far`. */
function sortByFar(
  triangles: Uint32Array,
  vertex: number,
  edges: Uint32Array,
  start: number,
  end: number,
  far: Uint32Array,
): void {
  const count = end - start;
  for (let index = 0; index < count; index++) {
    const edge = edges[start + index]!;
    const from = triangles[edge]!;
    const key = from === vertex ? triangles[next(edge)]! : from;
    let to = index;
    if (count <= short)
      while (to > 0 && far[to - 1]! > key) {
        far[to] = far[to - 1]!;
        edges[start + to] = edges[start + to - 1]!;
        to--;
      }
    far[to] = key;
    edges[start + to] = edge;
  }
  if (count <= short) return;
  // A hub with thousands of spokes: insertion would be quadratic. 2^53 holds both numbers.
  const keys = Float64Array.from(far, (key, index) => key * 2 ** 26 + edges[start + index]!).sort();
  for (let index = 0; index < count; index++) {
    far[index] = Math.floor(keys[index]! / 2 ** 26);
    edges[start + index] = keys[index]! % 2 ** 26;
  }
}
