/** Finds points near a place: cells of the given size in a hash map. */
export class PointGrid {
  readonly #positions: Float32Array;
  readonly #size: number;
  readonly #cells = new Map<string, number[]>();

  constructor(positions: Float32Array, vertices: readonly number[], size: number) {
    this.#positions = positions;
    this.#size = size;
    for (const vertex of vertices) {
      const key = this.#key(...this.#cell(vertex));
      const cell = this.#cells.get(key);
      if (cell) cell.push(vertex);
      else this.#cells.set(key, [vertex]);
    }
  }

  /** The points within one cell size of this one, itself among them. */
  *near(vertex: number): Iterable<number> {
    const [x, y, z] = this.#cell(vertex);
    for (let i = x - 1; i <= x + 1; i++)
      for (let j = y - 1; j <= y + 1; j++)
        for (let k = z - 1; k <= z + 1; k++)
          for (const other of this.#cells.get(this.#key(i, j, k)) ?? [])
            if (this.#distance(vertex, other) <= this.#size) yield other;
  }

  /** The points in the cells that the box from `low` to `high` touches; null when these are more than `most` cells. */
  within(low: readonly number[], high: readonly number[], most: number): number[] | null {
    const from = low.map((value) => Math.floor(value / this.#size));
    const to = high.map((value) => Math.floor(value / this.#size));
    const cells = from.reduce((product, start, axis) => product * (to[axis]! - start + 1), 1);
    if (cells > most) return null;
    const found: number[] = [];
    for (let i = from[0]!; i <= to[0]!; i++)
      for (let j = from[1]!; j <= to[1]!; j++)
        for (let k = from[2]!; k <= to[2]!; k++) {
          const cell = this.#cells.get(this.#key(i, j, k));
          if (cell) for (const vertex of cell) found.push(vertex);
        }
    return found;
  }

  #cell(vertex: number): [number, number, number] {
    const at = vertex * 3;
    return [
      Math.floor(this.#positions[at]! / this.#size),
      Math.floor(this.#positions[at + 1]! / this.#size),
      Math.floor(this.#positions[at + 2]! / this.#size),
    ];
  }

  #key(x: number, y: number, z: number): string {
    return `${x},${y},${z}`;
  }

  #distance(a: number, b: number): number {
    const p = this.#positions;
    return Math.hypot(p[a * 3]! - p[b * 3]!, p[a * 3 + 1]! - p[b * 3 + 1]!, p[a * 3 + 2]! - p[b * 3 + 2]!);
  }
}
