/** Finds the vertex nearest to a point, if there is one within the radius. Cells of space, in buckets by a hash. */
export class VertexLookup {
  readonly #points: Float32Array;
  readonly #radius: number;
  readonly #size: number;
  readonly #mask: number;
  readonly #starts: Uint32Array;
  readonly #vertices: Uint32Array;

  constructor(points: Float32Array, radius: number) {
    this.#points = points;
    this.#radius = radius;
    const count = points.length / 3;
    let extent = 0;
    for (let at = 0; at < points.length; at++) extent = Math.max(extent, Math.abs(points[at]!));
    // Of a surface so large a cell holds a vertex or two; and a ball of the radius touches eight cells at most.
    this.#size = Math.max(4 * radius, (2 * extent) / Math.sqrt(count + 1));
    const buckets = 2 ** Math.ceil(Math.log2(count + 2));
    this.#mask = buckets - 1;
    const starts = new Uint32Array(buckets + 2);
    const bucketOf = (vertex: number) =>
      this.#bucket(
        Math.floor(points[vertex * 3]! / this.#size),
        Math.floor(points[vertex * 3 + 1]! / this.#size),
        Math.floor(points[vertex * 3 + 2]! / this.#size),
      );
    for (let vertex = 0; vertex < count; vertex++) starts[bucketOf(vertex) + 2]!++;
    for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 2]! += starts[bucket + 1]!;
    this.#vertices = new Uint32Array(count);
    for (let vertex = 0; vertex < count; vertex++) this.#vertices[starts[bucketOf(vertex) + 1]!++] = vertex;
    this.#starts = starts;
  }

  /** Its number, or -1. */
  nearest([x, y, z]: readonly [number, number, number]): number {
    const p = this.#points;
    const r = this.#radius;
    const s = this.#size;
    let best = -1;
    let least = r * r;
    const [i1, j1, k1] = [Math.floor((x + r) / s), Math.floor((y + r) / s), Math.floor((z + r) / s)];
    for (let i = Math.floor((x - r) / s); i <= i1; i++)
      for (let j = Math.floor((y - r) / s); j <= j1; j++)
        for (let k = Math.floor((z - r) / s); k <= k1; k++) {
          const bucket = this.#bucket(i, j, k);
          for (let at = this.#starts[bucket]!; at < this.#starts[bucket + 1]!; at++) {
            const vertex = this.#vertices[at]!;
            const dx = p[vertex * 3]! - x;
            const dy = p[vertex * 3 + 1]! - y;
            const dz = p[vertex * 3 + 2]! - z;
            const square = dx * dx + dy * dy + dz * dz;
            if (square > least) continue;
            least = square;
            best = vertex;
          }
        }
    return best;
  }

  #bucket(i: number, j: number, k: number): number {
    let hash = Math.imul(i, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ j, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 13) ^ k, 0xc2b2ae3d);
    return (hash ^ (hash >>> 16)) & this.#mask;
  }
}
