import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import { describe, expect, test } from '@jest/globals';
import {
  box,
  cube,
  insideOut,
  moved,
  periodic,
  type Soup,
  torus,
  turnedBy,
  volume,
} from '../../test/shapes.ts';
import { massProperties } from '../mesh/mass.ts';
import type { Mesh } from '../mesh/mesh.ts';
import { placesOn } from '../mesh/places.ts';
import { RayGrid } from '../mesh/ray-grid.ts';
import { weld } from '../mesh/weld.ts';
import { posesOf } from './poses.ts';
import { bestPrint, printTime } from './print.ts';
import { thinShare, wallQuantiles, wallsAt } from './thickness.ts';
import { tiltedPoses } from './tilted-poses.ts';

const meshOf = (soup: Soup): Mesh => weld(Float32Array.from(soup)).mesh;
const { printer, resinMinorPerCm3 } = loadTariffs().at(-1)!;

describe('mass properties', () => {
  test('of a box are those of the textbook, wherever it lies', () => {
    for (const at of [0, 100]) {
      const { volumeMm3, areaMm2, centroid, secondMoments } = massProperties(
        meshOf(box([at, at, at], [at + 2, at + 4, at + 6])),
      );
      expect(volumeMm3).toBeCloseTo(48, 9);
      expect(areaMm2).toBeCloseTo(88, 9);
      expect(centroid.map((value) => value - at)).toEqual([1, 2, 3].map((v) => expect.closeTo(v, 9)));
      // V · side² / 12 along the axes, nothing across.
      expect(secondMoments).toEqual([16, 64, 144, 0, 0, 0].map((v) => expect.closeTo(v, 6)));
    }
  });

  test('of a torus approach its formulas', () => {
    const { volumeMm3, areaMm2 } = massProperties(meshOf(torus(10, 2, 400, 200)));
    expect(volumeMm3 / (2 * Math.PI ** 2 * 10 * 4)).toBeCloseTo(1, 3);
    expect(areaMm2 / (4 * Math.PI ** 2 * 10 * 2)).toBeCloseTo(1, 3);
  });
});

describe('a ray', () => {
  const slab = meshOf([...box([0, 0, 0], [10, 10, 2]), ...insideOut(box([4, 4, 0.5], [6, 6, 1.5]))]);

  test('leaves a solid where it comes out, through voids as well', () => {
    const grid = new RayGrid(slab);
    expect(grid.exit(1, 1, 2, 0, 0, -1)).toBeCloseTo(2, 6);
    expect(grid.exit(5, 5, 2, 0, 0, -1)).toBeCloseTo(0.5, 6);
    expect(grid.exit(0, 1, 1, 1, 0, 0)).toBeCloseTo(10, 6);
    expect(grid.exit(1, 1, 2, 0, 0.6, -0.8)).toBeCloseTo(2.5, 6);
    expect(grid.exit(1, 1, 2, 0, 0, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  test('finds the same as a search through all triangles', () => {
    const mesh = meshOf(torus(10, 3, 60, 30));
    const grid = new RayGrid(mesh);
    for (let ray = 0; ray < 300; ray++) {
      const angle = ray * 2.4;
      const from = [10 * Math.cos(angle), 10 * Math.sin(angle), 0] as const;
      const [u, w] = [Math.sin(ray * 1.7), Math.cos(ray * 0.9)];
      const length = Math.hypot(u, w, 0.3);
      const ways = [u / length, w / length, 0.3 / length] as const;
      expect(grid.exit(...from, ...ways)).toBeCloseTo(nearestExit(mesh, from, ways), 5);
    }
  });
});

describe('wall thickness', () => {
  test('of a plate and of a wire is theirs, to some percent', () => {
    const plate = wallQuantiles(wallsAt(meshOf(box([0, 0, 0], [30, 30, 1]))));
    expect(plate[50]).toBeGreaterThan(0.99);
    expect(plate[50]).toBeLessThan(1.04);
    const wire = wallQuantiles(wallsAt(meshOf(torus(10, 0.4, 200, 48))));
    expect(wire[50]).toBeGreaterThan(0.78);
    expect(wire[50]).toBeLessThan(0.82);
    expect(wire[1]).toBeGreaterThan(0.76);
  });

  test('is not thin at the sharp edges of something thick', () => {
    expect(thinShare(wallQuantiles(wallsAt(meshOf(cube(10)))), 0.5)).toBe(0);
  });

  test('below a limit is told as a share of the area', () => {
    // Two thirds of the area are on the thin plate.
    const both = meshOf([...box([0, 0, 0], [20, 20, 0.3]), ...box([30, 0, 0], [44.14, 14.14, 3])]);
    const share = thinShare(wallQuantiles(wallsAt(both)), 0.5)!;
    const [thin, thick] = [2 * 400 + 80 * 0.3, 2 * 200 + 4 * 14.14 * 3];
    expect(share).toBeGreaterThan(thin / (thin + thick) - 0.03);
    expect(share).toBeLessThan(thin / (thin + thick) + 0.03);
    expect(thinShare([], 0.5)).toBeNull();
    expect(thinShare([1, 2, 3], 0.5)).toBe(0);
    expect(thinShare([1, 2, 3], 5)).toBe(1);
  });

  test('is found quickly where a few triangles reach far', () => {
    const needles = Array.from({ length: 300 }, (_, i) =>
      moved(box([0, 0, 0], [100, 0.1, 0.1]), [0, i / 3, (i * 7) % 100]),
    ).flat();
    const walls = wallQuantiles(wallsAt(meshOf(needles)));
    expect(walls[50]).toBeCloseTo(0.1, 2);
  }, 5_000);
});

describe('printing', () => {
  test('takes as long as PrusaSlicer says', () => {
    // What PrusaSlicer 2.5 says of the models of these heights with 6 s, 5 s, 0.025 mm and 24.8 s for the first layers.
    const sliced = [
      [2.2, 368, 4242.6], // a ring lying
      [3.36, 414, 4754.3],
      [5, 480, 5488.6],
      [23.013861, 1200, 13_498.6], // one standing
      [23.031723, 1201, 13_509.7],
    ] as const;
    for (const [heightMm, layers, seconds] of sliced) {
      const own = printTime(heightMm, printer);
      expect(own.layers).toBe(layers);
      expect(Math.abs(own.seconds / seconds - 1)).toBeLessThan(0.001);
    }
  });

  test('lays a ring flat, and knows what it needs for that', () => {
    const ring = meshOf(torus(10, 1.5, 100, 40));
    const print = bestPrint(posesOf(ring), printer, resinMinorPerCm3);
    expect(print).toMatchObject({ up: [0, 0, 1], heightMm: expect.closeTo(3, 2), fits: true });
    expect(print.supportMm3).toBeGreaterThan(500);
    expect(print.piecesPerPlate).toBe(8);
  });

  test('stands a bar up rather than not print it', () => {
    const bar = meshOf(box([0, 0, 0], [140, 5, 5]));
    expect(bestPrint(posesOf(bar), printer, resinMinorPerCm3)).toMatchObject({ up: [1, 0, 0], fits: true });
    const beam = meshOf(box([0, 0, 0], [400, 5, 5]));
    expect(bestPrint(posesOf(beam), printer, resinMinorPerCm3).fits).toBe(false);
  });

  test('takes the pose that is cheapest for all pieces together', () => {
    // Upright more of them stand on a plate, which takes longer.
    const coin = meshOf(box([0, 0, 0], [30, 30, 3]));
    const one = bestPrint(posesOf(coin), printer, resinMinorPerCm3, 1);
    const many = bestPrint(posesOf(coin), printer, resinMinorPerCm3, 40);
    expect(one.up[2] ** 2).toBe(1);
    expect(many.piecesPerPlate).toBeGreaterThan(one.piecesPerPlate);
  });

  test('finds the flat side of what was drawn askew', () => {
    const turned = turnedBy(box([0, 0, 0], [20, 12, 2]), 0.7, 0.4);
    const mesh = meshOf(turned);
    const poses = tiltedPoses(mesh, placesOn(mesh), massProperties(mesh).areaMm2);
    const lowest = poses.reduce((one, other) => (other.heightMm < one.heightMm ? other : one));
    expect(lowest.heightMm).toBeCloseTo(2, 3);
    // Six turns: within 7.5° of the narrowest.
    expect(lowest.footprintMm[0] * lowest.footprintMm[1]).toBeLessThan(20 * 12 * 1.3);
    const print = bestPrint([...posesOf(mesh), ...poses], printer, resinMinorPerCm3);
    expect(print.heightMm).toBeCloseTo(2, 3);
  });

  test('sees what hangs over', () => {
    // A table: its top of 10 × 10 hangs 5 mm above the ground, but for the leg of 2 × 2.
    const table = meshOf([...box([0, 0, 5], [10, 10, 6]), ...box([4, 4, 0], [6, 6, 5])]);
    const up = posesOf(table).find(({ up }) => up[2] === 1)!;
    expect(up).toMatchObject({ heightMm: 6, footprintMm: [10, 10] });
    expect(up.overhangMm2).toBeCloseTo(104, 6);
    expect(up.overhangMm3).toBeCloseTo(500, 6);
    const upsideDown = posesOf(table).find(({ up }) => up[2] === -1)!;
    expect(upsideDown.overhangMm3).toBeCloseTo(4, 6);
  });
});

test('shapes have the volumes they are said to have', () => {
  expect(volume(cube(10))).toBeCloseTo(1000, 9);
  expect(volume(periodic(4, 4, (u, v) => [u, v, 0]))).toBeCloseTo(0, 9);
});

function nearestExit(
  { positions: p, triangles }: Mesh,
  [ox, oy, oz]: readonly [number, number, number],
  [dx, dy, dz]: readonly [number, number, number],
): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [0, 1, 2].map((corner) => {
      const from = triangles[at + corner]! * 3;
      return [p[from]!, p[from + 1]!, p[from + 2]!] as const;
    }) as [Point, Point, Point];
    const n = cross(minus(b, a), minus(c, a));
    const facing = n[0] * dx + n[1] * dy + n[2] * dz;
    if (facing <= 0) continue;
    const t = (n[0] * (a[0] - ox) + n[1] * (a[1] - oy) + n[2] * (a[2] - oz)) / facing;
    const hit: Point = [ox + t * dx, oy + t * dy, oz + t * dz];
    const inside = [
      [a, b],
      [b, c],
      [c, a],
    ].every(([from, to]) => {
      const side = cross(minus(to!, from!), minus(hit, from!));
      return side[0] * n[0] + side[1] * n[1] + side[2] * n[2] >= 0;
    });
    if (inside && t > 0 && t < nearest) nearest = t;
  }
  return nearest;
}

type Point = readonly [number, number, number];
const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
