/**
 * Finds points near a place or a line. Points lie in buckets by a hash of their cell; cells that share a bucket are
 * harmless, since who asks looks at the distance anyway.
 */
export class PointGrid {
  readonly #positions: Float32Array;
  readonly #size: number;
  readonly #mask: number;
  readonly #starts: Uint32Array;
  readonly #points: Uint32Array;

  constructor(positions: Float32Array, vertices: Uint32Array, size: number) {
    this.#positions = positions;
    this.#size = size;
    const buckets = 2 ** Math.ceil(Math.log2(vertices.length * 2 + 2));
    this.#mask = buckets - 1;
    const starts = new Uint32Array(buckets + 2);
    for (const vertex of vertices) starts[this.#bucketOf(vertex) + 2]!++;
    for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 2]! += starts[bucket + 1]!;
    this.#points = new Uint32Array(vertices.length);
    for (const vertex of vertices) this.#points[starts[this.#bucketOf(vertex) + 1]!++] = vertex;
    this.#starts = starts;
  }

  /** Calls back for every point of the cells less than `radius` away, itself among them, perhaps for one twice. */
  around(vertex: number, radius: number, found: (other: number) => void): void {
    const p = this.#positions;
    this.#near(p[vertex * 3]!, p[vertex * 3 + 1]!, p[vertex * 3 + 2]!, radius, found);
  }

  /** Calls back for every point less than `radius` from the line between two points, perhaps for one twice. */
  along(from: number, to: number, radius: number, found: (other: number) => void): void {
    const p = this.#positions;
    const [ax, ay, az] = [p[from * 3]!, p[from * 3 + 1]!, p[from * 3 + 2]!];
    const [dx, dy, dz] = [p[to * 3]! - ax, p[to * 3 + 1]! - ay, p[to * 3 + 2]! - az];
    const step = this.#size / 2;
    const steps = Math.ceil(Math.sqrt(dx * dx + dy * dy + dz * dz) / step);
    for (let index = 0; index <= steps; index++) {
      const t = steps === 0 ? 0 : index / steps;
      this.#near(ax + dx * t, ay + dy * t, az + dz * t, radius + step / 2, found);
    }
  }

  #near(x: number, y: number, z: number, radius: number, found: (other: number) => void): void {
    const size = this.#size;
    const [x1, y1, z1] = [(x + radius) / size, (y + radius) / size, (z + radius) / size];
    for (let i = Math.floor((x - radius) / size); i <= x1; i++)
      for (let j = Math.floor((y - radius) / size); j <= y1; j++)
        for (let k = Math.floor((z - radius) / size); k <= z1; k++) {
          const bucket = this.#bucket(i, j, k);
          const end = this.#starts[bucket + 1]!;
          for (let at = this.#starts[bucket]!; at < end; at++) found(this.#points[at]!);
        }
  }

  #cell(vertex: number, axis: number): number {
    return Math.floor(this.#positions[vertex * 3 + axis]! / this.#size);
  }

  #bucketOf(vertex: number): number {
    return this.#bucket(this.#cell(vertex, 0), this.#cell(vertex, 1), this.#cell(vertex, 2));
  }

  #bucket(x: number, y: number, z: number): number {
    let hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(z, 0xc2b2ae3d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f);
    return (hash ^ (hash >>> 13)) & this.#mask;
  }
}
