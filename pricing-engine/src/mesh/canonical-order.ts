import { type Box, boxOfPoints } from './mesh.ts';

/** Cells along the longest side of the box; three numbers below it make a key of 30 bits. */
const cells = 1024;
const digit = 10;
const short = 24;

/** Bit `i` of a number below `cells` at bit `3i`. */
const spread = Int32Array.from({ length: cells }, (_, value) => {
  let bits = 0;
  for (let bit = 0; bit < digit; bit++) bits |= ((value >> bit) & 1) << (3 * bit);
  return bits;
});

/**
 * Sorts points along Morton's curve through their box, which depends on nothing but the set of them. Points that are near
 * in space are near in memory then, and everything that walks over the surface finds its neighbours in the cache.
 * @param points all different
 * @param box of all of them
 * @returns the sorted points, and for each old number the new one
 */
export function sortVertices(points: Float32Array, box: Box): { positions: Float32Array; rank: Uint32Array } {
  const count = points.length / 3;
  const order = new Uint32Array(count);
  for (let index = 0; index < count; index++) order[index] = index;
  sortAlongCurve(points, order, box);
  const positions = new Float32Array(points.length);
  const rank = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    const from = order[index]!;
    rank[from] = index;
    positions[index * 3] = points[from * 3]!;
    positions[index * 3 + 1] = points[from * 3 + 1]!;
    positions[index * 3 + 2] = points[from * 3 + 2]!;
  }
  return { positions, rank };
}

/**
 * Sorts the numbers of points in place. Where many share a cell, those are sorted by the curve through their own, at least
 * a thousand times smaller box: 32 bits allow no more than 18 levels.
 */
function sortAlongCurve(points: Float32Array, order: Uint32Array, box: Box): void {
  const keys = sortByKey(order, keysOf(points, order, box));
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && keys[end] === keys[start]) end++;
    if (end - start > short) {
      const crowd = order.subarray(start, end);
      sortAlongCurve(points, crowd, boxOfPoints(points, crowd));
    } else if (end - start > 1) sortFew(points, order, start, end);
    start = end;
  }
}

function keysOf(points: Float32Array, order: Uint32Array, { min, max }: Box): Uint32Array {
  const [x0, y0, z0] = min;
  const scale = cells / (Math.max(max[0] - x0, max[1] - y0, max[2] - z0) * 1.000001);
  const keys = new Uint32Array(order.length);
  for (let index = 0; index < order.length; index++) {
    const at = order[index]! * 3;
    keys[index] =
      spread[((points[at]! - x0) * scale) | 0]! |
      (spread[((points[at + 1]! - y0) * scale) | 0]! << 1) |
      (spread[((points[at + 2]! - z0) * scale) | 0]! << 2);
  }
  return keys;
}

type Pair = [Uint32Array, Uint32Array];

/** Sorts by digits, stable; returns the keys in their order. */
function sortByKey(order: Uint32Array, unsorted: Uint32Array): Uint32Array {
  let [keys, otherKeys]: Pair = [unsorted, new Uint32Array(unsorted.length)];
  let [from, to]: Pair = [order, new Uint32Array(order.length)];
  const starts = new Uint32Array(cells + 1);
  for (let shift = 0; shift < 3 * digit; shift += digit) {
    starts.fill(0);
    for (let index = 0; index < keys.length; index++) starts[((keys[index]! >>> shift) & (cells - 1)) + 1]!++;
    for (let value = 0; value < cells; value++) starts[value + 1]! += starts[value]!;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!;
      const at = starts[(key >>> shift) & (cells - 1)]!++;
      otherKeys[at] = key;
      to[at] = from[index]!;
    }
    [keys, otherKeys] = [otherKeys, keys];
    [from, to] = [to, from];
  }
  order.set(from);
  return keys;
}

/** By x, then y, then z. */
function sortFew(points: Float32Array, order: Uint32Array, start: number, end: number): void {
  for (let at = start + 1; at < end; at++) {
    const point = order[at]!;
    let to = at;
    while (to > start && isBefore(points, point, order[to - 1]!)) {
      order[to] = order[to - 1]!;
      to--;
    }
    order[to] = point;
  }
}

function isBefore(points: Float32Array, one: number, other: number): boolean {
  for (let axis = 0; axis < 3; axis++) {
    const difference = points[one * 3 + axis]! - points[other * 3 + axis]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/**
 * Turns every triangle so that its smallest vertex comes first, its sense unchanged, and sorts them by their corners.
 * @returns the sorted triangles, and for each the number it had
 */
export function sortTriangles(
  triangles: Uint32Array,
  vertices: number,
): { sorted: Uint32Array; order: Uint32Array } {
  const count = triangles.length / 3;
  const starts = new Uint32Array(vertices + 2);
  for (let at = 0; at < triangles.length; at += 3)
    starts[Math.min(triangles[at]!, triangles[at + 1]!, triangles[at + 2]!) + 2]!++;
  for (let vertex = 0; vertex < vertices; vertex++) starts[vertex + 2]! += starts[vertex + 1]!;
  const sorted = new Uint32Array(triangles.length);
  const order = new Uint32Array(count);
  for (let triangle = 0; triangle < count; triangle++) {
    const a = triangles[triangle * 3]!;
    const b = triangles[triangle * 3 + 1]!;
    const c = triangles[triangle * 3 + 2]!;
    const smallest = Math.min(a, b, c);
    const place = starts[smallest + 1]!++;
    order[place] = triangle;
    sorted[place * 3] = smallest;
    sorted[place * 3 + 1] = smallest === a ? b : smallest === b ? c : a;
    sorted[place * 3 + 2] = smallest === a ? c : smallest === b ? a : b;
  }
  for (let vertex = 0; vertex < vertices; vertex++) {
    const start = starts[vertex]!;
    const end = starts[vertex + 1]!;
    if (end - start > short) sortFan(sorted, order, start, end, vertices);
    else if (end - start > 1) sortFewTriangles(sorted, order, start, end);
  }
  return { sorted, order };
}

/** Those of one first vertex, by the second, the third, and the place they had. */
function sortFewTriangles(sorted: Uint32Array, order: Uint32Array, start: number, end: number): void {
  for (let at = start + 1; at < end; at++) {
    const b = sorted[at * 3 + 1]!;
    const c = sorted[at * 3 + 2]!;
    const triangle = order[at]!;
    let to = at;
    while (to > start) {
      const before = sorted[to * 3 - 2]!;
      if (before < b || (before === b && sorted[to * 3 - 1]! <= c)) break;
      sorted[to * 3 + 1] = before;
      sorted[to * 3 + 2] = sorted[to * 3 - 1]!;
      order[to] = order[to - 1]!;
      to--;
    }
    sorted[to * 3 + 1] = b;
    sorted[to * 3 + 2] = c;
    order[to] = triangle;
  }
}

/** The same for a hub with thousands of triangles, where moving one past the other would be quadratic. */
function sortFan(
  sorted: Uint32Array,
  order: Uint32Array,
  start: number,
  end: number,
  vertices: number,
): void {
  // 2^53 holds both numbers: there are at most 2^25 vertices.
  const keys = new Float64Array(end - start);
  for (let at = start; at < end; at++)
    keys[at - start] = sorted[at * 3 + 1]! * vertices + sorted[at * 3 + 2]!;
  const places = Uint32Array.from(keys, (_, index) => index).sort(
    (one, other) => keys[one]! - keys[other]! || one - other,
  );
  const had = order.slice(start, end);
  for (let at = start; at < end; at++) {
    const from = places[at - start]!;
    order[at] = had[from]!;
    sorted[at * 3 + 1] = Math.floor(keys[from]! / vertices);
    sorted[at * 3 + 2] = keys[from]! % vertices;
  }
}
