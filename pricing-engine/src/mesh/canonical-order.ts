/**
 * Sorts points by x, then y, then z.
 * @returns the sorted points, and for each old number the new one
 */
export function sortVertices(points: Float32Array): { positions: Float32Array; rank: Uint32Array } {
  const count = points.length / 3;
  const bits = new Uint32Array(points.buffer, points.byteOffset, points.length);
  let order = Uint32Array.from({ length: count }, (_, index) => index);
  let spare = new Uint32Array(count);
  const keys = new Uint32Array(count);
  for (const axis of [2, 1, 0]) {
    // As unsigned numbers, floats sort rightly when the sign is flipped, and negative ones altogether.
    for (let point = 0; point < count; point++) {
      const value = bits[point * 3 + axis]!;
      keys[point] = value & 0x80000000 ? ~value : value | 0x80000000;
    }
    for (const shift of [0, 11, 22]) {
      sortByDigit(order, spare, keys, shift);
      [order, spare] = [spare, order];
    }
  }
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

/** One stable pass over eleven bits of the keys. */
function sortByDigit(from: Uint32Array, to: Uint32Array, keys: Uint32Array, shift: number): void {
  const starts = new Uint32Array(2049);
  for (let index = 0; index < from.length; index++) starts[((keys[from[index]!]! >>> shift) & 2047) + 1]!++;
  for (let digit = 0; digit < 2048; digit++) starts[digit + 1]! += starts[digit]!;
  for (let index = 0; index < from.length; index++) {
    const item = from[index]!;
    to[starts[(keys[item]! >>> shift) & 2047]!++] = item;
  }
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
  const turned = new Uint32Array(triangles.length);
  for (let at = 0; at < triangles.length; at += 3) {
    const a = triangles[at]!;
    const b = triangles[at + 1]!;
    const c = triangles[at + 2]!;
    const first = a < b && a < c ? 0 : b < c ? 1 : 2;
    turned[at] = first === 0 ? a : first === 1 ? b : c;
    turned[at + 1] = first === 0 ? b : first === 1 ? c : a;
    turned[at + 2] = first === 0 ? c : first === 1 ? a : b;
  }
  let order = Uint32Array.from({ length: count }, (_, index) => index);
  let spare = new Uint32Array(count);
  for (const corner of [2, 1, 0]) {
    const starts = new Uint32Array(vertices + 1);
    for (let at = corner; at < turned.length; at += 3) starts[turned[at]! + 1]!++;
    for (let vertex = 0; vertex < vertices; vertex++) starts[vertex + 1]! += starts[vertex]!;
    for (let index = 0; index < count; index++) {
      const triangle = order[index]!;
      spare[starts[turned[triangle * 3 + corner]!]!++] = triangle;
    }
    [order, spare] = [spare, order];
  }
  const sorted = new Uint32Array(triangles.length);
  for (let index = 0; index < count; index++) {
    const from = order[index]! * 3;
    sorted[index * 3] = turned[from]!;
    sorted[index * 3 + 1] = turned[from + 1]!;
    sorted[index * 3 + 2] = turned[from + 2]!;
  }
  return { sorted, order };
}
