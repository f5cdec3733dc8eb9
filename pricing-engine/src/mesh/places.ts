import { massProperties } from './mass.ts';
import { boxOf, type Mesh } from './mesh.ts';

/** So many see whatever is a thousandth of the surface. */
const places = 2000;

export interface PlaceOnSurface {
  point: [number, number, number];
  /** Outwards, of length 1. */
  normal: [number, number, number];
  /** An angle about the normal, another one in each place. */
  turn: number;
}

/** Evenly by area along the triangles, each place somewhere else in its triangle: the same for the same mesh. */
export function placesOn(mesh: Mesh, areas = areasUpTo(mesh)): PlaceOnSurface[] {
  const { positions: p, triangles } = mesh;
  const total = areas[areas.length - 1] ?? 0;
  const found: PlaceOnSurface[] = [];
  for (let place = 0; place < places; place++) {
    const triangle = firstFrom(areas, ((place + 0.5) / places) * total);
    const a = triangles[triangle * 3]! * 3;
    const b = triangles[triangle * 3 + 1]! * 3;
    const c = triangles[triangle * 3 + 2]! * 3;
    const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
    const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.hypot(nx, ny, nz);
    if (!(length > 0)) continue;
    // A low-discrepancy sequence (the plastic number) folded into the triangle.
    let u = (place * 0.7548776662466927 + 0.5) % 1;
    let v = (place * 0.5698402909980532 + 0.5) % 1;
    if (u + v > 1) {
      u = 1 - u;
      v = 1 - v;
    }
    const along = (axis: number) => p[a + axis]! * (1 - u - v) + p[b + axis]! * u + p[c + axis]! * v;
    found.push({
      point: [along(0), along(1), along(2)],
      normal: [nx / length, ny / length, nz / length],
      turn: (place * 2.399963229728653) % (2 * Math.PI),
    });
  }
  return found;
}

/** The first of rising values that is not below the wanted one, or the last. */
function firstFrom(rising: Float64Array, wanted: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Twice the area of all triangles up to each. */
function areasUpTo(mesh: Mesh): Float64Array {
  const areas = new Float64Array(mesh.triangles.length / 3);
  massProperties(mesh, boxOf(mesh), areas);
  return areas;
}
