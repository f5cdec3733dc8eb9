/** Of the hash table: as many parts as there are cells of space, told by a hash of the cell. */
const parts = 32_768;
/** Cells along the longest side of a model. */
const cellsAcross = 40;
/** What stands in for a part where a corner is that of the triangle before: this plus its place there. */
const asBefore = parts;
/** A closed surface has about six corners a point; twice the slots, and where that is too little, enough for any. */
const slotsForClosed = 1 / 3;
const slotsForAny = 4 / 3;

/**
 * Gives equal corners one number, by the bits of their coordinates. An open hash table without strings and objects; each
 * cell of space has a part of it to itself, since files go over the surface step by step: the part at hand is in the
 * cache, where a table as large as the model would not be.
 * @returns the points in the order of the file, and the point of each corner
 */
export function unify(coordinates: Float32Array): { points: Float32Array; pointOf: Uint32Array } {
  const bits = new Int32Array(coordinates.buffer, coordinates.byteOffset, coordinates.length);
  const { partOf, corners, dealt } = dealOut(coordinates, bits);
  const closed = Math.min(slotsForAny, (slotsForClosed * partOf.length) / dealt);
  for (const room of [closed, slotsForAny]) {
    const unified = fill(bits, partOf, corners, room);
    if (unified) return unified;
  }
  throw new Error('a table with more slots than corners was too small');
}

/**
 * Which part each corner goes to, and how many corners each part has. Most files go from neighbour to neighbour: a corner
 * that the triangle before has too, which half of them or more are, goes nowhere.
 */
function dealOut(coordinates: Float32Array, bits: Int32Array) {
  const partOf = new Uint16Array(coordinates.length / 3);
  const corners = new Uint32Array(parts);
  const scale = cellsAcross / sampledSize(coordinates);
  let dealt = 0;
  for (let corner = 0, at = 0; corner < partOf.length; corner++, at += 3) {
    const before = at - 9 - (corner % 3) * 3;
    const x = bits[at]!;
    const y = bits[at + 1]!;
    const z = bits[at + 2]!;
    if (before >= 0) {
      if (bits[before] === x && bits[before + 1] === y && bits[before + 2] === z) {
        partOf[corner] = asBefore;
        continue;
      }
      if (bits[before + 3] === x && bits[before + 4] === y && bits[before + 5] === z) {
        partOf[corner] = asBefore + 1;
        continue;
      }
      if (bits[before + 6] === x && bits[before + 7] === y && bits[before + 8] === z) {
        partOf[corner] = asBefore + 2;
        continue;
      }
    }
    const i = Math.floor(coordinates[at]! * scale);
    const j = Math.floor(coordinates[at + 1]! * scale);
    const k = Math.floor(coordinates[at + 2]! * scale);
    const part = mix(i, j, k) & (parts - 1);
    partOf[corner] = part;
    corners[part]!++;
    dealt++;
  }
  return { partOf, corners, dealt };
}

/** The longest side of the box of some of the corners; 1 where they are in one place or no numbers. */
function sampledSize(coordinates: Float32Array): number {
  const step = 3 * Math.max(1, Math.floor(coordinates.length / 3 / 1000));
  let size = 0;
  for (let axis = 0; axis < 3; axis++) {
    let low = Infinity;
    let high = -Infinity;
    for (let at = axis; at < coordinates.length; at += step) {
      low = Math.min(low, coordinates[at]!);
      high = Math.max(high, coordinates[at]!);
    }
    size = Math.max(size, high - low);
  }
  return Number.isFinite(size) && size > 0 ? size : 1;
}

/** Null where a part is too small for its points. */
function fill(bits: Int32Array, partOf: Uint16Array, corners: Uint32Array, room: number) {
  const starts = new Uint32Array(parts);
  const masks = new Uint32Array(parts);
  const left = new Int32Array(parts);
  let slots = 0;
  for (let part = 0; part < parts; part++) {
    if (corners[part] === 0) continue;
    const size = 2 ** Math.ceil(Math.log2(corners[part]! * room + 2));
    starts[part] = slots;
    masks[part] = size - 1;
    left[part] = Math.floor(size * 0.8);
    slots += size;
  }
  const table = new Int32Array(slots); // 0 is empty, else a point's number and one
  const points = new Int32Array(bits.length); // memory that is never touched is never there
  const pointOf = new Uint32Array(partOf.length);
  let count = 0;
  for (let corner = 0, at = 0; corner < pointOf.length; corner++, at += 3) {
    const part = partOf[corner]!;
    if (part >= asBefore) {
      pointOf[corner] = pointOf[corner - 3 - (corner % 3) + part - asBefore]!;
      continue;
    }
    const x = bits[at]! === minusZero ? 0 : bits[at]!;
    const y = bits[at + 1]! === minusZero ? 0 : bits[at + 1]!;
    const z = bits[at + 2]! === minusZero ? 0 : bits[at + 2]!;
    const start = starts[part]!;
    const mask = masks[part]!;
    let slot = mix(x, y, z) & mask;
    for (;;) {
      const point = table[start + slot]! - 1;
      if (point < 0) {
        if (left[part]!-- === 0) return null;
        points[count * 3] = x;
        points[count * 3 + 1] = y;
        points[count * 3 + 2] = z;
        pointOf[corner] = count++;
        table[start + slot] = count;
        break;
      }
      if (points[point * 3] === x && points[point * 3 + 1] === y && points[point * 3 + 2] === z) {
        pointOf[corner] = point;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return { points: new Float32Array(points.buffer, 0, count * 3), pointOf };
}

/** One after the other: mixed side by side, the points of a symmetric ring that differ in two signs would be one. */
function mix(x: number, y: number, z: number): number {
  let hash = Math.imul(x, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ y, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13) ^ z, 0xc2b2ae3d);
  return hash ^ (hash >>> 16);
}

const minusZero = -0x80000000;
