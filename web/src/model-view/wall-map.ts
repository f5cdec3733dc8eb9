/** How thick the walls of a model are, in places spread evenly over its surface. */
export interface WallMap {
  /** x, y, z of each place, mm, as in the file. */
  points: Float32Array;
  wallsMm: Float32Array;
}

const magic = 0x314d5741; // "AWM1"
const bytesOfHead = 32;
const bytesOfPlace = 7;

/** What the platform sends: `docs/wall-map.md`. Throws a RangeError for anything else. */
export function readWallMap(base64: string): WallMap {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const count = bytes.length < bytesOfHead ? -1 : view.getUint32(4, true);
  if (bytes.length !== bytesOfHead + count * bytesOfPlace || view.getUint32(0, true) !== magic)
    throw new RangeError(`expected a map of walls, got ${bytes.length} other bytes`);
  const head = (index: number) => view.getFloat32(8 + index * 4, true);
  const [step, thinnest, thickest] = [head(3), head(4), head(5)];
  const points = new Float32Array(count * 3);
  const wallsMm = new Float32Array(count);
  for (let place = 0; place < count; place++) {
    const at = bytesOfHead + place * bytesOfPlace;
    for (let axis = 0; axis < 3; axis++)
      points[place * 3 + axis] = head(axis) + view.getUint16(at + axis * 2, true) * step;
    wallsMm[place] = thinnest * (thickest / thinnest) ** (view.getUint8(at + 6) / 255);
  }
  return { points, wallsMm };
}
