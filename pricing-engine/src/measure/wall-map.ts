import { type Rotation, turnPoint } from '../identity/congruence.ts';
import type { PlaceOnSurface } from '../mesh/places.ts';

type Point = readonly [number, number, number];

/** A place of the surface and the wall behind it, mm. */
export interface WallAtPlace {
  point: Point;
  wallMm: number;
}

const magic = 0x314d5741; // "AWM1"
const bytesOfHead = 32;
const bytesOfPlace = 7;
const finestStep = 65_535;

/**
 * The wall at the places it was measured in, for pages to colour: 14 KB at most, however fine the model is. Little-endian:
 * the letters `AWM1`; the number of places, 32 bits; 32-bit floats: the corner of a box (x, y, z), the step of the
 * coordinates in it, the finest and the coarsest wall, mm; then each place: three coordinates of 16 bits in steps, and a
 * byte, 0 to 255 evenly over the logarithm from the finest wall to the coarsest. Base64.
 */
export function encodeWalls(walls: readonly WallAtPlace[]): string {
  const low = [Infinity, Infinity, Infinity];
  let side = Number.MIN_VALUE;
  let [finest, coarsest] = [Infinity, Number.MIN_VALUE];
  for (const { point, wallMm } of walls) {
    for (const [axis, value] of point.entries()) low[axis] = Math.min(low[axis]!, value);
    finest = Math.min(finest, wallMm);
    coarsest = Math.max(coarsest, wallMm);
  }
  for (const { point } of walls)
    for (const [axis, value] of point.entries()) side = Math.max(side, value - low[axis]!);
  const step = side / finestStep;
  const range = Math.log(coarsest / finest) || 1;
  const view = new DataView(new ArrayBuffer(bytesOfHead + walls.length * bytesOfPlace));
  view.setUint32(0, magic, true);
  view.setUint32(4, walls.length, true);
  for (const [index, value] of [...low, step, finest, coarsest].entries())
    view.setFloat32(8 + index * 4, value, true);
  for (const [index, { point, wallMm }] of walls.entries()) {
    const at = bytesOfHead + index * bytesOfPlace;
    for (const [axis, value] of point.entries())
      view.setUint16(at + axis * 2, Math.min(finestStep, Math.round((value - low[axis]!) / step)), true);
    view.setUint8(at + 6, Math.round((Math.log(wallMm / finest) / range) * 255));
  }
  return Buffer.from(view.buffer).toString('base64');
}

/** Throws a RangeError for anything else. */
export function decodeWalls(map: string): WallAtPlace[] {
  const bytes = Buffer.from(map, 'base64');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length < bytesOfHead ? -1 : view.getUint32(4, true);
  if (view.byteLength !== bytesOfHead + count * bytesOfPlace || view.getUint32(0, true) !== magic)
    throw new RangeError(`expected a wall map, got ${bytes.length} other bytes`);
  const head = (index: number) => view.getFloat32(8 + index * 4, true);
  const [step, finest, coarsest] = [head(3), head(4), head(5)];
  return Array.from({ length: count }, (_, index) => {
    const at = bytesOfHead + index * bytesOfPlace;
    const along = (axis: number) => head(axis) + view.getUint16(at + axis * 2, true) * step;
    return {
      point: [along(0), along(1), along(2)],
      wallMm: finest * (coarsest / finest) ** (view.getUint8(at + 6) / 255),
    };
  });
}

/** Of the places where a wall was found; null where there was none. */
export function wallMap(places: readonly PlaceOnSurface[], walls: ArrayLike<number>): string | null {
  const found = places.flatMap(({ point }, index) => {
    const wallMm = walls[index]!;
    return Number.isFinite(wallMm) && wallMm > 0 ? [{ point, wallMm }] : [];
  });
  return found.length > 0 ? encodeWalls(found) : null;
}

/** The same walls on a shape that was turned about `from`, which lies at `to` now. */
export function turnedWalls(map: string, rotation: Rotation, from: Point, to: Point): string {
  return encodeWalls(
    decodeWalls(map).map(({ point, wallMm }) => {
      const [x, y, z] = turnPoint([point[0] - from[0], point[1] - from[1], point[2] - from[2]], rotation);
      return { point: [x + to[0], y + to[1], z + to[2]], wallMm };
    }),
  );
}
