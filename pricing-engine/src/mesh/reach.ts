import { boxOfRun, type Mesh, usedPositions } from './mesh.ts';

/** Vertices a block. Those next to each other in memory are near in space, after welding and after uniting. */
const blockSize = 64;

/**
 * How far a mesh reaches in any direction, exactly, without looking at every vertex each time: a block is looked into only
 * where a corner of its box lies farther out than what was found.
 */
export class Reach {
  readonly #positions: Float32Array;
  /** Six numbers a block, lows before highs. */
  readonly #boxes: Float32Array;

  constructor(mesh: Mesh) {
    const positions = usedPositions(mesh);
    const blocks = Math.ceil(positions.length / 3 / blockSize);
    this.#positions = positions;
    this.#boxes = new Float32Array(blocks * 6);
    for (let block = 0; block < blocks; block++) {
      const { min, max } = boxOfRun(positions, block * blockSize, (block + 1) * blockSize);
      this.#boxes.set(min, block * 6);
      this.#boxes.set(max, block * 6 + 3);
    }
  }

  /** The length of its shadow on a line of that direction, which has length 1. */
  along(x: number, y: number, z: number): number {
    return this.#farthest(x, y, z) + this.#farthest(-x, -y, -z);
  }

  #farthest(x: number, y: number, z: number): number {
    const boxes = this.#boxes;
    const p = this.#positions;
    const farX = x > 0 ? 3 : 0;
    const farY = y > 0 ? 4 : 1;
    const farZ = z > 0 ? 5 : 2;
    let farthest = -Infinity;
    for (let at = 0, first = 0; at < boxes.length; at += 6, first += blockSize * 3) {
      if (boxes[at + farX]! * x + boxes[at + farY]! * y + boxes[at + farZ]! * z <= farthest) continue;
      const end = Math.min(first + blockSize * 3, p.length);
      for (let vertex = first; vertex < end; vertex += 3) {
        const along = p[vertex]! * x + p[vertex + 1]! * y + p[vertex + 2]! * z;
        if (along > farthest) farthest = along;
      }
    }
    return farthest;
  }
}
