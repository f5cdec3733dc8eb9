import { wallColour } from './wall-colour.ts';
import type { WallMap } from './wall-map.ts';

/** The surface of a model in the colours of its walls: large triangles cut, so that each shows what lies within it. */
export interface PaintedWalls {
  positions: Float32Array;
  normals: Float32Array;
  /** Red, green and blue of each corner, linear, 0 to 1. */
  colours: Float32Array;
}

export interface WallsToPaint {
  /** Nine numbers a triangle, mm. */
  positions: Float32Array;
  normals: Float32Array;
  map: WallMap;
  limitMm: number;
}

/** Cutting ends here, however long and thin the triangles are. */
const MOST_CUT = 400_000;
const NEAREST = 4;

export function paintWalls({ positions, normals, map, limitMm }: WallsToPaint): PaintedWalls {
  const spacing = spacingOf(positions, map.wallsMm.length);
  const cut = cutLarge(positions, normals, spacing);
  return { ...cut, colours: coloursOf(cut.positions, map, spacing / 4, limitMm) };
}

/** How far the places are apart. */
function spacingOf(p: Float32Array, places: number): number {
  let area = 0;
  for (let at = 0; at < p.length; at += 9) {
    const [ux, uy, uz] = [p[at + 3]! - p[at]!, p[at + 4]! - p[at + 1]!, p[at + 5]! - p[at + 2]!];
    const [vx, vy, vz] = [p[at + 6]! - p[at]!, p[at + 7]! - p[at + 1]!, p[at + 8]! - p[at + 2]!];
    area += Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx) / 2;
  }
  return Math.sqrt(area / places) || 1;
}

type Corner = readonly number[]; // position and normal

/** Halves the longest edge until none is longer than two places are apart. */
function cutLarge(positions: Float32Array, normals: Float32Array, longest: number) {
  const triangles = positions.length / 9;
  const corner = (at: number): Corner => [
    ...positions.subarray(at * 3, at * 3 + 3),
    ...normals.subarray(at * 3, at * 3 + 3),
  ];
  const isSmall = (triangle: number) => {
    const at = triangle * 9;
    for (let edge = 0; edge < 3; edge++) {
      const [a, b] = [at + edge * 3, at + ((edge + 1) % 3) * 3];
      const far = Math.hypot(
        positions[a]! - positions[b]!,
        positions[a + 1]! - positions[b + 1]!,
        positions[a + 2]! - positions[b + 2]!,
      );
      if (far > longest) return false;
    }
    return true;
  };
  const large = Array.from({ length: triangles }, (_, triangle) => triangle).filter((at) => !isSmall(at));
  if (large.length === 0 || triangles > MOST_CUT) return { positions, normals };

  const pieces: number[] = [];
  const normalsOfPieces: number[] = [];
  let [todo, done] = [large.length, 0];
  const put = (piece: readonly Corner[]) => {
    for (const [x, y, z, nx, ny, nz] of piece) {
      pieces.push(x!, y!, z!);
      normalsOfPieces.push(nx!, ny!, nz!);
    }
    done++;
  };
  for (const triangle of large) {
    const stack = [[corner(triangle * 3), corner(triangle * 3 + 1), corner(triangle * 3 + 2)]];
    todo--;
    for (let piece = stack.pop(); piece; piece = stack.pop()) {
      const [a, b, c] = piece as [Corner, Corner, Corner];
      const edges = [
        [a, b, c],
        [b, c, a],
        [c, a, b],
      ] as const;
      const [from, to, other] = edges.reduce((one, two) => (length(two) > length(one) ? two : one));
      const full = done + stack.length + todo >= MOST_CUT;
      if (full || length([from, to]) <= longest) put(piece);
      else {
        const middle = from.map((value, index) => (value + to[index]!) / 2);
        stack.push([from, middle, other], [middle, to, other]);
      }
    }
  }
  const isLarge = new Set(large);
  const cut = {
    positions: new Float32Array((triangles - large.length) * 9 + pieces.length),
    normals: new Float32Array((triangles - large.length) * 9 + pieces.length),
  };
  let at = 0;
  for (let triangle = 0; triangle < triangles; triangle++) {
    if (isLarge.has(triangle)) continue;
    cut.positions.set(positions.subarray(triangle * 9, triangle * 9 + 9), at);
    cut.normals.set(normals.subarray(triangle * 9, triangle * 9 + 9), at);
    at += 9;
  }
  cut.positions.set(pieces, at);
  cut.normals.set(normalsOfPieces, at);
  return cut;
}

function length([a, b]: readonly [Corner, Corner, ...unknown[]]): number {
  return Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);
}

/** Each corner by the places near it. Corners in one small cube share their colour, so that fine models are quick too. */
function coloursOf(positions: Float32Array, map: WallMap, cube: number, limitMm: number): Float32Array {
  const colours = new Float32Array(positions.length);
  const known = new Map<string | number, readonly number[]>();
  for (let at = 0; at < positions.length; at += 3) {
    const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
    const [i, j, k] = [Math.round(x / cube), Math.round(y / cube), Math.round(z / cube)];
    const near = Math.max(Math.abs(i), Math.abs(j), Math.abs(k)) < 65_536;
    const key = near ? ((i + 65_536) * 131_072 + j + 65_536) * 131_072 + k + 65_536 : `${i} ${j} ${k}`;
    let colour = known.get(key);
    if (!colour) {
      colour = wallColour(wallNear(map, x, y, z), limitMm).map((level) => (level / 255) ** 2.2);
      known.set(key, colour);
    }
    colours.set(colour, at);
  }
  return colours;
}

/** Of the four nearest places, the nearest counting most. */
function wallNear({ points, wallsMm }: WallMap, x: number, y: number, z: number): number {
  const found: [far: number, wall: number][] = [];
  let farthest = Infinity;
  for (let place = 0; place < wallsMm.length; place++) {
    const dx = points[place * 3]! - x;
    const dy = points[place * 3 + 1]! - y;
    const dz = points[place * 3 + 2]! - z;
    const far = dx * dx + dy * dy + dz * dz;
    if (far >= farthest) continue;
    found.push([far, wallsMm[place]!]);
    found.sort(([one], [other]) => one - other);
    if (found.length > NEAREST) found.pop();
    if (found.length === NEAREST) farthest = found.at(-1)![0];
  }
  let [sum, weights] = [0, 0];
  for (const [far, wall] of found) {
    const weight = 1 / (far + 1e-9);
    sum += weight * wall;
    weights += weight;
  }
  return sum / weights;
}
