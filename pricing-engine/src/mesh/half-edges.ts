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
}

export const OPEN = -1;
export const CROWDED = -2;

/** The corner behind this one in its triangle. */
export function next(halfEdge: number): number {
  return halfEdge % 3 === 2 ? halfEdge - 2 : halfEdge + 1;
}

/** Finds the mates without a hash table: half-edges are sorted to their smaller vertex, of which each has but a few. */
export function pairHalfEdges({ positions, triangles }: Mesh): HalfEdges {
  const vertices = positions.length / 3;
  const starts = new Uint32Array(vertices + 2);
  for (let edge = 0; edge < triangles.length; edge++)
    starts[Math.min(triangles[edge]!, triangles[next(edge)]!) + 2]!++;
  for (let vertex = 0; vertex < vertices; vertex++) starts[vertex + 2]! += starts[vertex + 1]!;
  const edges = new Uint32Array(triangles.length);
  const far = new Uint32Array(triangles.length);
  for (let edge = 0; edge < triangles.length; edge++) {
    const from = triangles[edge]!;
    const to = triangles[next(edge)]!;
    const at = starts[Math.min(from, to) + 1]!++;
    edges[at] = edge;
    far[at] = Math.max(from, to);
  }
  const found: HalfEdges = { mate: new Int32Array(triangles.length).fill(OPEN), open: [], crowded: [] };
  for (let vertex = 0; vertex < vertices; vertex++) {
    const start = starts[vertex]!;
    const end = starts[vertex + 1]!;
    sortByFar(edges, far, start, end);
    for (let at = start; at < end; ) {
      let last = at + 1;
      while (last < end && far[last] === far[at]) last++;
      pair(found, edges, at, last);
      at = last;
    }
  }
  return found;
}

function pair({ mate, open, crowded }: HalfEdges, edges: Uint32Array, start: number, end: number): void {
  if (end - start === 2) {
    mate[edges[start]!] = edges[start + 1]!;
    mate[edges[start + 1]!] = edges[start]!;
  } else if (end - start === 1) {
    open.push(edges[start]!);
  } else {
    const group = Array.from(edges.subarray(start, end));
    for (const edge of group) mate[edge] = CROWDED;
    crowded.push(group);
  }
}

function sortByFar(edges: Uint32Array, far: Uint32Array, start: number, end: number): void {
  if (end - start > 32) {
    // A hub with thousands of spokes: insertion would be quadratic. 2^53 holds both numbers.
    const keys = new Float64Array(end - start);
    for (let at = start; at < end; at++) keys[at - start] = far[at]! * 2 ** 26 + edges[at]!;
    keys.sort();
    for (let at = start; at < end; at++) {
      const key = keys[at - start]!;
      far[at] = Math.floor(key / 2 ** 26);
      edges[at] = key % 2 ** 26;
    }
    return;
  }
  for (let at = start + 1; at < end; at++) {
    const edge = edges[at]!;
    const key = far[at]!;
    let to = at;
    while (to > start && far[to - 1]! > key) {
      far[to] = far[to - 1]!;
      edges[to] = edges[to - 1]!;
      to--;
    }
    far[to] = key;
    edges[to] = edge;
  }
}
