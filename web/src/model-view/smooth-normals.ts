/**
 * A normal for every corner: of the faces that meet there, those that lean away from its own by less than the crease
 * angle are averaged by area. Round things look round and edges stay sharp.
 */
export function smoothNormals(positions: Float32Array, creaseDegrees = 38): Float32Array {
  const faces = positions.length / 9;
  const corners = faces * 3;
  const faceNormals = areaNormals(positions, faces);
  const { ids, count } = weld(positions, corners);

  // the faces around each vertex, one after the other
  const starts = new Uint32Array(count + 1);
  for (let corner = 0; corner < corners; corner++) starts[ids[corner]! + 1]! += 1;
  for (let vertex = 0; vertex < count; vertex++) starts[vertex + 1]! += starts[vertex]!;
  const fill = starts.slice();
  const around = new Uint32Array(corners);
  for (let corner = 0; corner < corners; corner++) around[fill[ids[corner]!]!++] = Math.floor(corner / 3);

  const lengths = new Float32Array(faces);
  for (let face = 0; face < faces; face++)
    lengths[face] = Math.hypot(
      faceNormals[3 * face]!,
      faceNormals[3 * face + 1]!,
      faceNormals[3 * face + 2]!,
    );
  const limit = Math.cos((creaseDegrees * Math.PI) / 180);
  const normals = new Float32Array(positions.length);
  for (let corner = 0; corner < corners; corner++) {
    const own = Math.floor(corner / 3);
    const ox = faceNormals[3 * own]!;
    const oy = faceNormals[3 * own + 1]!;
    const oz = faceNormals[3 * own + 2]!;
    let x = 0;
    let y = 0;
    let z = 0;
    const vertex = ids[corner]!;
    for (let i = starts[vertex]!; i < starts[vertex + 1]!; i++) {
      const face = around[i]!;
      const nx = faceNormals[3 * face]!;
      const ny = faceNormals[3 * face + 1]!;
      const nz = faceNormals[3 * face + 2]!;
      if (ox * nx + oy * ny + oz * nz < limit * lengths[own]! * lengths[face]!) continue;
      x += nx;
      y += ny;
      z += nz;
    }
    const length = Math.hypot(x, y, z) || 1; // a face without area has no normal
    normals[3 * corner] = x / length;
    normals[3 * corner + 1] = y / length;
    normals[3 * corner + 2] = z / length;
  }
  return normals;
}

function areaNormals(p: Float32Array, faces: number): Float32Array {
  const normals = new Float32Array(faces * 3);
  for (let face = 0; face < faces; face++) {
    const i = 9 * face;
    const ux = p[i + 3]! - p[i]!;
    const uy = p[i + 4]! - p[i + 1]!;
    const uz = p[i + 5]! - p[i + 2]!;
    const vx = p[i + 6]! - p[i]!;
    const vy = p[i + 7]! - p[i + 1]!;
    const vz = p[i + 8]! - p[i + 2]!;
    normals[3 * face] = uy * vz - uz * vy;
    normals[3 * face + 1] = uz * vx - ux * vz;
    normals[3 * face + 2] = ux * vy - uy * vx;
  }
  return normals;
}

/** Corners with the same bits are one vertex. An open hash table: a Map of strings takes ten times as long. */
function weld(positions: Float32Array, corners: number): { ids: Uint32Array; count: number } {
  const bits = new Uint32Array(positions.buffer, positions.byteOffset, positions.length);
  let size = 16;
  while (size < corners * 2) size *= 2;
  const table = new Int32Array(size).fill(-1); // the first corner of each vertex
  const ids = new Uint32Array(corners);
  let count = 0;
  for (let corner = 0; corner < corners; corner++) {
    const a = bits[3 * corner]!;
    const b = bits[3 * corner + 1]!;
    const c = bits[3 * corner + 2]!;
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
    hash ^= hash >>> 15;
    let slot = hash & (size - 1);
    for (;;) {
      const other = table[slot]!;
      if (other < 0) {
        table[slot] = corner;
        ids[corner] = count++;
        break;
      }
      if (bits[3 * other] === a && bits[3 * other + 1] === b && bits[3 * other + 2] === c) {
        ids[corner] = ids[other]!;
        break;
      }
      slot = (slot + 1) & (size - 1);
    }
  }
  return { ids, count };
}
