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
const steep = Math.SQRT1_2; // cos 45°

/** The six poses along the axes, in which jewellery is usually drawn. One pass over the triangles. */
export function posesOf(mesh: Mesh, box: Box = boxOf(mesh)): Pose[] {
  const { positions: p, triangles } = mesh;
  const size = sizeOf(box);
  const area = new Float64Array(6);
  const space = new Float64Array(6);
  for (let at = 0; at < triangles.length; at += 3) {
    const a = triangles[at]! * 3;
    const b = triangles[at + 1]! * 3;
    const c = triangles[at + 2]! * 3;
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    const limit = Math.sqrt(nx * nx + ny * ny + nz * nz) * steep;
    if (Math.abs(nx) >= limit) hold(area, space, 0, nx, p[a]! + p[b]! + p[c]!, box.min[0], box.max[0]);
    if (Math.abs(ny) >= limit)
      hold(area, space, 2, ny, p[a + 1]! + p[b + 1]! + p[c + 1]!, box.min[1], box.max[1]);
    if (Math.abs(nz) >= limit)
      hold(area, space, 4, nz, p[a + 2]! + p[b + 2]! + p[c + 2]!, box.min[2], box.max[2]);
  }
  return directions.map((up) => {
    const axis = up.findIndex((value) => value !== 0);
    const slot = axis * 2 + (up[axis]! > 0 ? 0 : 1);
    const sides = size.filter((_, other) => other !== axis).sort((one, other) => other - one);
    return {
      up,
      heightMm: size[axis]!,
      footprintMm: sides as [number, number],
      overhangMm2: area[slot]!,
      overhangMm3: space[slot]!,
    };
  });
}

/** A triangle that looks along the axis by `normal` (twice its projection) hangs over when the axis, or its back, is up. */
function hold(
  area: Float64Array,
  space: Float64Array,
  slot: number,
  normal: number,
  sumOfThree: number,
  low: number,
  high: number,
): void {
  const projection = Math.abs(normal) / 2;
  const middle = sumOfThree / 3;
  const down = normal < 0 ? 0 : 1;
  area[slot + down]! += projection;
  space[slot + down]! += projection * (down === 0 ? middle - low : high - middle);
}
