import { refuse } from '../refusal.ts';
import { boundingBox, diagonalOf } from './mesh.ts';

/** Ten kilometres: beyond it 32 bits do not resolve a millimetre. */
const limitMm = 1e7;

/**
 * Checks that all coordinates are numbers that can be measured, and brings them to 32 bits. A model far from the origin
 * is first moved near it by whole millimetres, so that the bits go to the model and not to the distance.
 * @param points distinct points or corners of triangles: what is refused is named by `triangleOf` its number
 */
export function settle(
  points: Float32Array | Float64Array,
  triangleOf: (point: number) => number,
): Float32Array {
  for (let at = 0; at < points.length; at++) {
    // Written so that NaN is caught too.
    if (Math.abs(points[at]!) <= limitMm) continue;
    const value = points[at]!;
    if (Number.isFinite(value)) throw refuse('COORDINATE_OUT_OF_RANGE', value, limitMm);
    throw refuse('NOT_FINITE', `triangle ${triangleOf(Math.floor(at / 3)) + 1}: ${value}`);
  }
  const box = boundingBox(points);
  const shift = box.min.map((low, axis) => Math.round((low + box.max[axis]!) / 2));
  const far = Math.hypot(...shift) > 100 * diagonalOf(box);
  if (!far) return points instanceof Float32Array ? points : Float32Array.from(points);
  const moved = new Float32Array(points.length);
  for (let at = 0; at < moved.length; at++) moved[at] = points[at]! - shift[at % 3]!;
  return moved;
}
