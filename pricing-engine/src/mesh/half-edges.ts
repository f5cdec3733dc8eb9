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
  // Where the half-edge stands that was met last with that other vertex: for this vertex if not before its start.
  const met = new Uint32Array(vertices);
  for (let vertex = 0; vertex < vertices; vertex++) {
    const start = starts[vertex]!;
    const end = starts[vertex + 1]!;
    let paired = 0;
    for (let at = start; at < end; at++) {
      const edge = edges[at]!;
      const from = triangles[edge]!;
      const far = from === vertex ? triangles[next(edge)]! : from;
      const before = met[far]! - 1;
      if (before < start) {
        met[far] = at + 1;
        continue;
      }
      const other = edges[before]!;
      if (mate[other] !== OPEN) break; // a third one
      mate[edge] = other;
      mate[other] = edge;
      paired += 2;
      if (triangles[other] === from) found.agree = false;
    }
    if (paired < end - start) pairOneByOne(found, triangles, vertex, edges.subarray(start, end));
  }
  return found;
}

/** The half-edges of a vertex at which some edge has not two of them. */
function pairOneByOne(found: HalfEdges, triangles: Uint32Array, vertex: number, edges: Uint32Array): void {
  const { mate } = found;
  const far = new Uint32Array(edges.length);
  sortByFar(triangles, vertex, edges, far);
  for (let at = 0; at < edges.length; ) {
    let last = at + 1;
    while (last < edges.length && far[last] === far[at]) last++;
    if (last - at === 2) {
      const one = edges[at]!;
      const other = edges[at + 1]!;
      mate[one] = other;
      mate[other] = one;
      if (triangles[one] === triangles[other]) found.agree = false;
    } else unpaired(found, edges.subarray(at, last));
    at = last;
  }
}

function unpaired({ mate, open, crowded }: HalfEdges, edges: Uint32Array): void {
  if (edges.length === 1) {
    open.push(edges[0]!);
    return;
  }
  for (const edge of edges) mate[edge] = CROWDED;
  crowded.push(Array.from(edges));
}

/** Sorts half-edges of one vertex by their other one, which goes to `far`. */
function sortByFar(triangles: Uint32Array, vertex: number, edges: Uint32Array, far: Uint32Array): void {
  const count = edges.length;
  for (let index = 0; index < count; index++) {
    const edge = edges[index]!;
    const from = triangles[edge]!;
    const key = from === vertex ? triangles[next(edge)]! : from;
    let to = index;
    if (count <= short)
      while (to > 0 && far[to - 1]! > key) {
        far[to] = far[to - 1]!;
        edges[to] = edges[to - 1]!;
        to--;
      }
    far[to] = key;
    edges[to] = edge;
  }
  if (count <= short) return;
  // A hub with thousands of spokes: insertion would be quadratic. 2^53 holds both numbers.
  const keys = Float64Array.from(far, (key, index) => key * 2 ** 26 + edges[index]!).sort();
  for (let index = 0; index < count; index++) {
    far[index] = Math.floor(keys[index]! / 2 ** 26);
    edges[index] = keys[index]! % 2 ** 26;
  }
}
