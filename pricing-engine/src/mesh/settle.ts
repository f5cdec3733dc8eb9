import { refuse } from '../refusal.ts';
import { boundingBox, diagonalOf } from './mesh.ts';

/** Ten kilometres: beyond it 32 bits do not resolve a millimetre. */
const limitMm = 1e7;

/**
 * Checks that all coordinates are numbers that can be measured, and brings them to 32 bits. A model far from the origin
 * is first moved near it by whole millimetres, so that the bits go to the model and not to the distance.
 */
export function settle(coordinates: Float32Array | Float64Array): Float32Array {
  for (let at = 0; at < coordinates.length; at++) {
    const value = coordinates[at]!;
    if (!Number.isFinite(value)) throw refuse('NOT_FINITE', `triangle ${Math.floor(at / 9) + 1}: ${value}`);
    if (Math.abs(value) > limitMm) throw refuse('COORDINATE_OUT_OF_RANGE', value, limitMm);
  }
  const box = boundingBox(coordinates);
  const shift = box.min.map((low, axis) => Math.round((low + box.max[axis]!) / 2));
  const far = Math.hypot(...shift) > 100 * diagonalOf(box);
  if (!far) return coordinates instanceof Float32Array ? coordinates : Float32Array.from(coordinates);
  const moved = new Float32Array(coordinates.length);
  for (let at = 0; at < moved.length; at++) moved[at] = coordinates[at]! - shift[at % 3]!;
  return moved;
}
