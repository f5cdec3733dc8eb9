import { type Box, boxOf, type Mesh, sizeOf } from '../mesh/mesh.ts';

/** One way to stand a piece on the plate, with what its print needs to know. */
export interface Pose {
  up: Direction;
  heightMm: number;
  /** Of the box seen from above, the longer side first. */
  footprintMm: [number, number];
  /** Seen from above: the surface that looks down by less than 45° and has to be held. */
  overhangMm2: number;
  /** The space between that surface and the height of the piece's lowest point. */
  overhangMm3: number;
}

/** Of length 1, in the coordinates of the file. */
export type Direction = readonly [number, number, number];

const directions: readonly Direction[] = [
  [0, 0, 1],
  [0, 0, -1],
  [0, 1, 0],
  [0, -1, 0],
  [1, 0, 0],
  [-1, 0, 0],
];
/** The six poses along the axes, in which jewellery is usually drawn. One pass over the triangles. */
export function posesOf(mesh: Mesh, box: Box = boxOf(mesh)): Pose[] {
  const { positions: p, triangles } = mesh;
  const size = sizeOf(box);
  const [x0, y0, z0] = box.min;
  const [x1, y1, z1] = box.max;
  // For each direction, as they stand in the list: the surface that looks down by less than 45°, and the space below it.
  const area = new Float64Array(6);
  const space = new Float64Array(6);
  for (let at = 0; at < triangles.length; at += 3) {
    const a = triangles[at]! * 3;
    const b = triangles[at + 1]! * 3;
    const c = triangles[at + 2]! * 3;
    const ax = p[a]!;
    const ay = p[a + 1]!;
    const az = p[a + 2]!;
    const ux = p[b]! - ax;
    const uy = p[b + 1]! - ay;
    const uz = p[b + 2]! - az;
    const vx = p[c]! - ax;
    const vy = p[c + 1]! - ay;
    const vz = p[c + 2]! - az;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    // The normal has half its square along an axis from which it leans by 45°.
    const half = (nx * nx + ny * ny + nz * nz) / 2;
    if (nz * nz >= half) {
      const side = nz < 0 ? 0 : 1;
      const middle = az + (uz + vz) / 3;
      area[side]! += Math.abs(nz);
      space[side]! += nz * (side === 0 ? z0 - middle : z1 - middle);
    }
    if (ny * ny >= half) {
      const side = ny < 0 ? 2 : 3;
      const middle = ay + (uy + vy) / 3;
      area[side]! += Math.abs(ny);
      space[side]! += ny * (side === 2 ? y0 - middle : y1 - middle);
    }
    if (nx * nx >= half) {
      const side = nx < 0 ? 4 : 5;
      const middle = ax + (ux + vx) / 3;
      area[side]! += Math.abs(nx);
      space[side]! += nx * (side === 4 ? x0 - middle : x1 - middle);
    }
  }
  return directions.map((up, side) => {
    const axis = up.findIndex((value) => value !== 0);
    const sides = size.filter((_, other) => other !== axis).sort((one, other) => other - one);
    return {
      up,
      heightMm: size[axis]!,
      footprintMm: sides as [number, number],
      overhangMm2: area[side]! / 2,
      overhangMm3: space[side]! / 2,
    };
  });
}
