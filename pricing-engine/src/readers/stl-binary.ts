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

/**
 * The nine numbers of each record, moved together within the file itself: a copy of a large model would cost more than
 * reading it. Records of 50 bytes begin on a word of four bytes and between two words in turn, where halves are joined.
 */
function corners(bytes: Uint8Array, triangles: number): Float32Array {
  const file = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(file.buffer, file.byteOffset, file.byteLength >> 2);
  let to = 0;
  for (let triangle = 0; triangle < triangles; triangle++) {
    // Behind the normal, which nobody can rely on.
    let from = (HEADER + 12 + triangle * RECORD) >> 2;
    if ((triangle & 1) === 0) {
      for (let word = 0; word < 9; word++) words[to++] = words[from++]!;
      continue;
    }
    let low = words[from++]!;
    for (let word = 0; word < 9; word++) {
      const high = words[from++]!;
      words[to++] = (low >>> 16) | (high << 16);
      low = high;
    }
  }
  return new Float32Array(words.buffer, words.byteOffset, triangles * 9);
}
