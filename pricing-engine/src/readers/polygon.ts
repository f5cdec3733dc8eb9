/**
 * Cuts a polygon in space into triangles: `emit` is called with three indices into `corners`, in the polygon's own
 * sense. Ears are cut one after another, so that a concave polygon does not fold over itself; what is too crumpled for
 * that is cut as a fan. Bounded: past `fanFrom` corners always a fan, since cutting ears is quadratic.
 */
export function triangulate(
  corners: readonly number[],
  coordinate: (corner: number, axis: number) => number,
  emit: (a: number, b: number, c: number) => void,
): void {
  const count = corners.length;
  if (count === 3 || count > fanFrom) {
    for (let index = 2; index < count; index++) emit(0, index - 1, index);
    return;
  }
  const [x, y] = project(corners, coordinate);
  // A convex polygon is cut as everybody cuts it: where it is not quite flat, the cut decides the volume.
  if (isConvex(x, y)) {
    for (let index = 2; index < count; index++) emit(0, index - 1, index);
    return;
  }
  const left = Array.from({ length: count }, (_, index) => index);
  // On from where the last one was cut: a comb has its ears one behind the other.
  let from = 0;
  while (left.length > 3) {
    const ear = earFrom(left, from, x, y);
    if (ear < 0) break;
    const [before, after] = around(left, ear);
    emit(before, left[ear]!, after);
    left.splice(ear, 1);
    from = Math.max(0, ear - 1);
  }
  for (let index = 2; index < left.length; index++) emit(left[0]!, left[index - 1]!, left[index]!);
}

function earFrom(left: readonly number[], from: number, x: Float64Array, y: Float64Array): number {
  for (let offset = 0; offset < left.length; offset++) {
    const at = (from + offset) % left.length;
    if (isEar(left, at, x, y)) return at;
  }
  return -1;
}

const fanFrom = 512;

/** Onto the plane of the two axes along which the polygon is widest (Newell's normal), its own sense kept positive. */
function project(
  corners: readonly number[],
  coordinate: (corner: number, axis: number) => number,
): [Float64Array, Float64Array] {
  const normal = [0, 0, 0];
  for (const [index, corner] of corners.entries()) {
    const next = corners[(index + 1) % corners.length]!;
    for (let axis = 0; axis < 3; axis++) {
      const u = (axis + 1) % 3;
      const v = (axis + 2) % 3;
      normal[axis]! +=
        (coordinate(corner, u) - coordinate(next, u)) * (coordinate(corner, v) + coordinate(next, v));
    }
  }
  const drop = normal.reduce(
    (best, value, axis) => (Math.abs(value) > Math.abs(normal[best]!) ? axis : best),
    0,
  );
  const positive = normal[drop]! >= 0;
  const u = (drop + (positive ? 1 : 2)) % 3;
  const v = (drop + (positive ? 2 : 1)) % 3;
  return [
    Float64Array.from(corners, (corner) => coordinate(corner, u)),
    Float64Array.from(corners, (corner) => coordinate(corner, v)),
  ];
}

function isConvex(x: Float64Array, y: Float64Array): boolean {
  const count = x.length;
  return x.every((_, b) => {
    const a = (b + count - 1) % count;
    const c = (b + 1) % count;
    return (x[b]! - x[a]!) * (y[c]! - y[a]!) >= (y[b]! - y[a]!) * (x[c]! - x[a]!);
  });
}

function around(left: readonly number[], at: number): [number, number] {
  return [left[(at + left.length - 1) % left.length]!, left[(at + 1) % left.length]!];
}

function isEar(left: readonly number[], at: number, x: Float64Array, y: Float64Array): boolean {
  const [a, c] = around(left, at);
  const b = left[at]!;
  const turn = (p: number, q: number, r: number) =>
    (x[q]! - x[p]!) * (y[r]! - y[p]!) - (y[q]! - y[p]!) * (x[r]! - x[p]!);
  if (turn(a, b, c) <= 0) return false;
  // Where a polygon with a hole is one line, the line goes through the same places there and back.
  const isCorner = (p: number) => [a, b, c].some((q) => x[p] === x[q] && y[p] === y[q]);
  return left.every((p) => turn(a, b, p) < 0 || turn(b, c, p) < 0 || turn(c, a, p) < 0 || isCorner(p));
}
