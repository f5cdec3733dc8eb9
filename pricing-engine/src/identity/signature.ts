import type { MassProperties } from '../mesh/mass.ts';
import type { Welded } from '../mesh/weld.ts';

/** Numbers of a shape that moving and turning it leave as they are. A mirror image has the same. */
export interface Signature {
  vertices: number;
  triangles: number;
  volumeMm3: number;
  areaMm2: number;
  /** Of the second moments about the centroid: trace, sum of the principal minors, determinant. */
  moments: [number, number, number];
}

/** What turning costs in accuracy: vertices of 32 bits, some digits of text. */
const noise = 2e-6;
/** Relative width of the buckets. */
const width = 1e-3;

export function signatureOf({ mesh }: Welded, mass: MassProperties): Signature {
  const [xx, yy, zz, xy, yz, zx] = mass.secondMoments;
  return {
    vertices: mesh.positions.length / 3,
    triangles: mesh.triangles.length / 3,
    volumeMm3: mass.volumeMm3,
    areaMm2: mass.areaMm2,
    moments: [
      xx + yy + zz,
      xx * yy + yy * zz + zz * xx - xy * xy - yz * yz - zx * zx,
      xx * (yy * zz - yz * yz) - xy * (xy * zz - yz * zx) + zx * (xy * yz - yy * zx),
    ],
  };
}

/** Whether two shapes may be one, moved or turned: what differs here differs; what agrees has to be looked at. */
export function mayBeCongruent(one: Signature, other: Signature): boolean {
  if (one.vertices !== other.vertices || one.triangles !== other.triangles) return false;
  const agree = (a: number, b: number, times: number) =>
    Math.abs(a - b) <= noise * times * Math.max(Math.abs(a), Math.abs(b));
  return (
    agree(one.volumeMm3, other.volumeMm3, 1) &&
    agree(one.areaMm2, other.areaMm2, 1) &&
    // A length to the fifth, tenth and fifteenth: the noise grows with it.
    one.moments.every((moment, index) => agree(moment, other.moments[index]!, 5 * (index + 1)))
  );
}

/** The name under which a shape is kept. */
export function bucketOf(signature: Signature): string {
  return bucketsOf(signature)[0]!;
}

/** All names under which a shape that may be congruent is kept, its own first: near the edge of a bucket two or four. */
export function bucketsOf({ vertices, triangles, volumeMm3, areaMm2 }: Signature): string[] {
  const volumes = cellsOf(volumeMm3);
  return volumes.flatMap((v) => cellsOf(areaMm2).map((a) => `${vertices}:${triangles}:${v}:${a}`));
}

function cellsOf(value: number): number[] {
  const at = Math.log(Math.max(Math.abs(value), Number.MIN_VALUE)) / width;
  const own = Math.floor(at);
  const margin = (4 * noise) / width;
  if (at - own < margin) return [own, own - 1];
  return own + 1 - at < margin ? [own, own + 1] : [own];
}
