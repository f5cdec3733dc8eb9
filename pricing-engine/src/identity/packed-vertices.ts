import { boundingBox, diagonalOf, sizeOf } from '../mesh/mesh.ts';

/** Beyond this the grid of 16 bits would be coarser than what congruence is checked to. */
const finest = 65_535;
const bytesOfHead = 4 * 8;

/**
 * Vertices as they are kept to be compared with those of another file: three numbers of 16 bits each, in steps of the
 * longest side / 65535, half a micrometre for a ring. After four numbers of 64 bits: where they begin, and the step.
 */
export function packVertices(positions: Float32Array): Uint8Array<ArrayBuffer> {
  const box = boundingBox(positions);
  const step = Math.max(...sizeOf(box), Number.MIN_VALUE) / finest;
  const bytes = new Uint8Array(bytesOfHead + positions.length * 2);
  new Float64Array(bytes.buffer, 0, 4).set([...box.min, step]);
  const packed = new Uint16Array(bytes.buffer, bytesOfHead);
  const [x, y, z] = box.min;
  for (let at = 0; at < positions.length; at += 3) {
    packed[at] = Math.round((positions[at]! - x) / step);
    packed[at + 1] = Math.round((positions[at + 1]! - y) / step);
    packed[at + 2] = Math.round((positions[at + 2]! - z) / step);
  }
  return bytes;
}

export function unpackVertices(stored: Uint8Array): Float32Array {
  // A Buffer may begin anywhere in memory, and its `slice` copies nothing.
  const bytes = stored.byteOffset % 8 === 0 ? stored : new Uint8Array(stored);
  const [x, y, z, step] = new Float64Array(bytes.buffer, bytes.byteOffset, 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const packed = new Uint16Array(
    bytes.buffer,
    bytes.byteOffset + bytesOfHead,
    (bytes.length - bytesOfHead) / 2,
  );
  const positions = new Float32Array(packed.length);
  for (let at = 0; at < packed.length; at += 3) {
    positions[at] = x + packed[at]! * step;
    positions[at + 1] = y + packed[at + 1]! * step;
    positions[at + 2] = z + packed[at + 2]! * step;
  }
  return positions;
}

/** How far two vertices may be apart to be one, in mm: far below what a customer could mean, above the noise. */
export function toleranceOf(positions: Float32Array): number {
  return Math.min(0.005, 1e-4 * diagonalOf(boundingBox(positions)));
}
