import { refuse } from '../refusal.ts';
import { type Box, boundingBox, diagonalOf } from './mesh.ts';

/** Ten kilometres: beyond it 32 bits do not resolve a millimetre. */
const limitMm = 1e7;

export interface Settled {
  points: Float32Array;
  /** Of all of them. */
  box: Box;
}

/**
 * Checks that all coordinates are numbers that can be measured, and brings them to 32 bits. A model far from the origin
 * is first moved near it by whole millimetres, so that the bits go to the model and not to the distance.
 * @param points distinct points or corners of triangles: what is refused is named by `triangleOf` its number
 */
export function settle(points: Float32Array | Float64Array, triangleOf: (point: number) => number): Settled {
  const box = boundingBox(points);
  const isNear = [...box.min, ...box.max].every((value) => Math.abs(value) <= limitMm);
  if (!isNear || !areNumbers(points)) throw unsound(points, triangleOf);
  const shift = box.min.map((low, axis) => Math.round((low + box.max[axis]!) / 2));
  const far = Math.hypot(...shift) > 100 * diagonalOf(box);
  if (!far && points instanceof Float32Array) return { points, box };
  const moved = new Float32Array(points.length);
  for (let at = 0; at < moved.length; at++) moved[at] = points[at]! - (far ? shift[at % 3]! : 0);
  return { points: moved, box: boundingBox(moved) };
}

/** NaN has no place in a box. */
function areNumbers(points: Float32Array | Float64Array): boolean {
  let zero = 0;
  for (let at = 0; at < points.length; at++) zero += points[at]! * 0;
  return zero === 0;
}

function unsound(points: Float32Array | Float64Array, triangleOf: (point: number) => number) {
  const at = points.findIndex((value) => !(Math.abs(value) <= limitMm));
  const value = points[at]!;
  if (Number.isFinite(value)) return refuse('COORDINATE_OUT_OF_RANGE', value, limitMm);
  return refuse('NOT_FINITE', `triangle ${triangleOf(Math.floor(at / 3)) + 1}: ${value}`);
}
