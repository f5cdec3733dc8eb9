import { refuse } from '../refusal.ts';
import type { Reader } from './reader.ts';
import type { Oddity } from './soup.ts';

const HEADER = 84;
const RECORD = 50;

/** Binary STL: an 80-byte header that means nothing (it may begin with `solid`), a count, 50 bytes a triangle. */
export const stlBinary: Reader = {
  recognises(bytes) {
    if (bytes.length < HEADER) return false;
    if (bytes.length === HEADER + RECORD * count(bytes)) return true;
    // A count that contradicts the size: damaged, but binary all the same if it is no text.
    return bytes.subarray(0, 1024).includes(0);
  },

  read(bytes, limits) {
    const oddities: Oddity[] = [];
    const said = count(bytes);
    const fit = (bytes.length - HEADER) / RECORD;
    let triangles = said;
    if (Number.isInteger(fit)) {
      // The size of the file cannot lie. Whether what it says is a model, the closed surface will prove.
      triangles = fit;
      if (said !== fit) oddities.push('TRIANGLE_COUNT_WRONG');
    } else if (said > fit) {
      // A count this wild says that the bytes are something else altogether.
      if (said > 1000 * (fit + 1)) throw refuse('FORMAT_UNKNOWN', null);
      throw refuse('FILE_TRUNCATED', `${said} triangles announced, ${Math.floor(fit)} there`);
    } else {
      oddities.push('TRAILING_BYTES');
    }
    if (triangles > limits.maxTriangles) throw refuse('TOO_MANY_TRIANGLES', triangles, limits.maxTriangles);
    return { format: 'stl', unit: 'mm', coordinates: corners(bytes, triangles), oddities };
  },
};

function count(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(80, true);
}

/** The 36 bytes of corners of each record, copied as bytes: records are not aligned to 4. */
function corners(bytes: Uint8Array, triangles: number): Float32Array {
  const coordinates = new Float32Array(triangles * 9);
  const target = new Uint8Array(coordinates.buffer);
  let from = HEADER + 12; // behind the normal, which nobody can rely on
  let to = 0;
  for (let triangle = 0; triangle < triangles; triangle++) {
    for (let byte = 0; byte < 36; byte++) target[to++] = bytes[from++]!;
    from += RECORD - 36;
  }
  return coordinates;
}
