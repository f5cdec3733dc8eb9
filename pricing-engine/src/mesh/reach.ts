import { boxOfRun, type Mesh, usedPositions } from './mesh.ts';

/** Vertices a block. Those next to each other in memory are near in space, after welding and after uniting. */
const blockSize = 256;

/**
 * How far a mesh reaches in any direction, exactly, without looking at every vertex each time: a block is looked into only
 * where a corner of its box lies farther out than what was found.
 */
export class Reach {
  readonly #positions: Float32Array;
  /** Six numbers a block, lows before highs. */
  readonly #boxes: Float32Array;
  /** How far each block can reach at most in the direction at hand. */
  readonly #bounds: Float64Array;

  constructor(mesh: Mesh) {
    const positions = usedPositions(mesh);
    const blocks = Math.ceil(positions.length / 3 / blockSize);
    this.#positions = positions;
    this.#boxes = new Float32Array(blocks * 6);
    this.#bounds = new Float64Array(blocks);
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
    const farX = x > 0 ? 3 : 0;
    const farY = y > 0 ? 4 : 1;
    const farZ = z > 0 ? 5 : 2;
    const bounds = this.#bounds;
    let best = 0;
    for (let block = 0, at = 0; block < bounds.length; block++, at += 6) {
      bounds[block] = boxes[at + farX]! * x + boxes[at + farY]! * y + boxes[at + farZ]! * z;
      if (bounds[block]! > bounds[best]!) best = block;
    }
    // The most promising one first: hardly any other is looked into after it.
    let farthest = this.#farthestIn(best, x, y, z);
    for (let block = 0; block < bounds.length; block++)
      if (bounds[block]! > farthest) farthest = Math.max(farthest, this.#farthestIn(block, x, y, z));
    return farthest;
  }

  #farthestIn(block: number, x: number, y: number, z: number): number {
    const p = this.#positions;
    const end = Math.min((block + 1) * blockSize * 3, p.length);
    let farthest = -Infinity;
    for (let at = block * blockSize * 3; at < end; at += 3) {
      const along = p[at]! * x + p[at + 1]! * y + p[at + 2]! * z;
      if (along > farthest) farthest = along;
    }
    return farthest;
  }
}
