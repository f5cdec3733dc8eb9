import { describe, expect, test } from '@jest/globals';
import { measure, volumeOrCode } from '../../test/measure.ts';
import {
  binaryStl,
  box,
  cube,
  insideOut,
  interleaved,
  kleinBottle,
  moved,
  objText,
  periodic,
  type Soup,
  shuffled,
  tJunctionCube,
  torus,
  utf8,
  volume,
} from '../../test/shapes.ts';

const features = async (soup: Soup) => (await measure(binaryStl(soup))).features;

describe('the volume of a solid', () => {
  test('is that of the union where shells overlap, lie in each other, or are drawn twice', async () => {
    expect(await features([...cube(10), ...cube(10, [5, 0, 0])])).toMatchObject({
      shells: 2,
      volumeMm3: 1500,
    });
    expect((await features([...cube(10), ...cube(5, [2, 2, 2])])).volumeMm3).toBeCloseTo(1000, 4);
    const twice = [...cube(10), ...cube(10)];
    expect(await features(twice)).toMatchObject({ volumeMm3: 1000, signedVolumeMm3: 2000, shells: 2 });
    const mixed = interleaved(twice);
    expect(await features(mixed)).toMatchObject({ volumeMm3: 1000, repairs: { duplicateTriangles: 12 } });
  });

  test('adds shells that are apart, or touch in a face, an edge or a corner', async () => {
    for (const at of [
      [20, 0, 0],
      [10, 0, 0],
      [10, 10, 0],
      [10, 10, 10],
    ] as [number, number, number][])
      expect((await features([...cube(10), ...cube(10, at)])).volumeMm3).toBeCloseTo(2000, 3);
  });

  test('is that of the union of bodies whose triangles lie on each other', async () => {
    // A step that shares floor, walls and edges with the block it stands in; boxes on a grid, against counting cells.
    expect(
      (await features([...box([4, 3, 0], [5, 6, 3]), ...box([4, 3, 0], [5, 6, 2])])).volumeMm3,
    ).toBeCloseTo(9, 4);
    let seed = 5;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    for (let round = 0; round < 40; round++) {
      const boxes = Array.from({ length: 2 + random(5) }, () => {
        const low = [random(4), random(4), random(4)] as [number, number, number];
        return { low, high: low.map((value) => value + 1 + random(4 - value)) as [number, number, number] };
      });
      let cells = 0;
      for (let cell = 0; cell < 64; cell++) {
        const at = [cell & 3, (cell >> 2) & 3, cell >> 4];
        cells += boxes.some(({ low, high }) => at.every((v, axis) => v >= low[axis]! && v < high[axis]!))
          ? 1
          : 0;
      }
      const { volumeMm3 } = await features(boxes.flatMap(({ low, high }) => box(low, high)));
      expect({ boxes, volumeMm3 }).toEqual({ boxes, volumeMm3: expect.closeTo(cells, 3) });
    }
  });

  test('is that of the union however the bodies are dealt out in the file, even where they share triangles', async () => {
    const plate = box([0, 0, 2], [4, 4, 3]);
    // The end of the plate once more: two triangles that both bodies need.
    const end = box([3, 0, 2], [4, 4, 3]);
    const column = box([1, 0, 2], [2, 4, 4]);
    expect((await features(shuffled([...plate, ...end]))).volumeMm3).toBeCloseTo(16, 3);
    expect((await features(shuffled([...plate, ...end, ...column]))).volumeMm3).toBeCloseTo(20, 3);
    expect((await features(shuffled([...end, ...end, ...plate]))).volumeMm3).toBeCloseTo(16, 3);
  });

  test('leaves out a void: a shell wound opposite to the one around it', async () => {
    const hollow = [...cube(10), ...insideOut(cube(5, [2, 2, 2]))];
    expect(await features(hollow)).toMatchObject({ volumeMm3: 875, voids: 1, shells: 2 });
    expect(await features(insideOut(hollow))).toMatchObject({
      volumeMm3: 875,
      voids: 1,
      repairs: { invertedShells: 1 },
    });
    const pearl = [...hollow, ...cube(1, [4, 4, 4])];
    expect(await features(pearl)).toMatchObject({ volumeMm3: 876, voids: 1, shells: 3 });
  });

  test('counts what was exported inside out', async () => {
    expect(await features(insideOut(cube(10)))).toMatchObject({ volumeMm3: 1000, signedVolumeMm3: -1000 });
    const second = [...cube(10), ...insideOut(cube(10, [20, 0, 0]))];
    expect(await features(second)).toMatchObject({ volumeMm3: 2000, signedVolumeMm3: 0, voids: 0 });
    // Half in, half out: no void, for nothing is around it.
    const half = [...cube(10), ...insideOut(cube(10, [5, 0, 0]))];
    expect((await features(half)).volumeMm3).toBeCloseTo(1500, 3);
  });

  test('survives triangles that look the wrong way', async () => {
    const ring = torus(10, 1);
    const wrong = [...insideOut(ring.slice(0, 90)), ...ring.slice(90)];
    const measured = await features(wrong);
    expect(measured.volumeMm3 / volume(ring)).toBeCloseTo(1, 6);
    expect(measured.repairs).toEqual({ flippedTriangles: 10 });
  });

  test('survives fins, doubled triangles, surfaces drawn from both sides, and points for triangles', async () => {
    const fin = [0, 0, 0, 10, 0, 0, 5, -5, -5];
    expect(await features([...cube(10), ...fin])).toMatchObject({
      volumeMm3: 1000,
      repairs: { finTriangles: 1 },
    });
    const twice = [...cube(10), ...cube(10).slice(0, 27)];
    expect(await features(twice)).toMatchObject({ volumeMm3: 1000, repairs: { duplicateTriangles: 3 } });
    const both = [...cube(10), ...insideOut(cube(10))];
    expect(await features(both)).toMatchObject({ volumeMm3: 1000, repairs: { invertedShells: 1 } });
    expect(await features(interleaved(both))).toMatchObject({
      volumeMm3: 1000,
      repairs: { duplicateTriangles: 12 },
    });
    const points = [...cube(10), ...[1, 1, 1, 1, 1, 1, 50, 50, 50]];
    expect(await features(points)).toMatchObject({
      volumeMm3: 1000,
      boundingBoxMm: [10, 10, 10],
      repairs: { degenerateTriangles: 1 },
    });
  });

  test('survives a T-junction, and a seam a hair wide', async () => {
    const junction = await features(tJunctionCube());
    expect(junction).toMatchObject({ volumeMm3: 1000, watertight: false, repairs: { splitTJunctions: 1 } });
    const seam = cube(10).map((value, index) => (index % 18 < 9 && value === 10 ? 10.00001 : value));
    const sewn = await features(seam);
    expect(sewn.volumeMm3).toBeCloseTo(1000, 1);
    expect(sewn.repairs.stitchedVertices).toBeGreaterThan(0);
  });

  test('is exact a kilometre from the origin', async () => {
    const far = objText(torus(10, 1)).replaceAll(/^v (\S+)/gm, (_, x) => `v ${Number(x) + 1_000_000}`);
    const measured = await measure(utf8(far));
    expect(measured.features.volumeMm3 / volume(torus(10, 1))).toBeCloseTo(1, 5);
  });

  test('of a shell that touches itself along an edge is told apart', async () => {
    // A ring of blocks whose last one meets the first along one edge only.
    const blocks = [...box([0, 0, 0], [10, 10, 10]), ...box([10, 10, 0], [20, 20, 10])];
    expect(await features(blocks)).toMatchObject({ volumeMm3: 2000, shells: 2, repairs: {} });
    expect(await features(interleaved(blocks))).toMatchObject({
      volumeMm3: 2000,
      shells: 2,
      repairs: { separatedEdges: 1 },
    });
  });
});

describe('what has no volume is refused', () => {
  const holed = cube(10).slice(9);
  test.each<[string, Soup, string]>([
    ['a hole', holed, 'MESH_OPEN'],
    ['a hole beside a sound piece', [...cube(5, [50, 0, 0]), ...holed], 'MESH_OPEN'],
    ['a single triangle', cube(10).slice(0, 9), 'MESH_OPEN'],
    [
      'a wall inside',
      [
        ...box([0, 0, 0], [5, 10, 10]),
        ...box([5, 0, 0], [10, 10, 10]).slice(0, -36),
        ...box([5, 0, 0], [10, 10, 10]).slice(-18),
      ],
      'MESH_NOT_MANIFOLD',
    ],
    ['no inside', kleinBottle(), 'MESH_NOT_ORIENTABLE'],
    ['no height', torus(10, 1).map((value, index) => (index % 3 === 2 ? 0 : value)), 'NO_VOLUME'],
    ['NaN', [...cube(10), ...cube(10, [Number.NaN, 0, 0])], 'NOT_FINITE'],
    ['infinity', [...cube(10), ...cube(10, [Infinity, 0, 0])], 'NOT_FINITE'],
    ['a corner at 1e30', [...cube(10), ...cube(10, [1e30, 0, 0])], 'COORDINATE_OUT_OF_RANGE'],
  ])('%s', async (_, soup, code) => {
    expect(await volumeOrCode(binaryStl(soup))).toBe(code);
  });

  test('more shells than the limit, which is named', async () => {
    const two = binaryStl([...cube(10), ...cube(10, [20, 0, 0])]);
    await expect(measure(two, { maxShells: 1 })).rejects.toThrow(/maxShells\) is 1/);
  });

  test('random triangles, quickly', async () => {
    let seed = 1;
    const soup = Array.from({ length: 9 * 20_000 }, () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 1e8;
    });
    expect(await volumeOrCode(binaryStl(soup))).toBe('MESH_OPEN');
  }, 5_000);
});

test('copies of one model give the same features to the last digit', async () => {
  const ring = [...torus(10, 1), ...moved(torus(10, 1), [0, 0, 1.2])].map(Math.fround);
  const first = await measure(binaryStl(ring));
  for (const copy of [binaryStl(shuffled(ring)), utf8(objText(ring)), utf8(objText(shuffled(ring)))]) {
    const other = await measure(copy);
    expect(other.features).toEqual(first.features);
    expect(other.trianglesHash).toBe(first.trianglesHash);
    expect(other.file.sha256).not.toBe(first.file.sha256);
  }
  const elsewhere = await measure(binaryStl(moved(ring, [0, 0, 0.5])));
  expect(elsewhere.trianglesHash).not.toBe(first.trianglesHash);
});

test('thousands of copies of one triangle are as few', async () => {
  const [first, rest] = [cube(10).slice(0, 9), cube(10).slice(9)];
  const odd = [...Array.from({ length: 5001 }, () => first).flat(), ...rest];
  expect((await features(odd)).volumeMm3).toBe(1000);
  expect(await volumeOrCode(binaryStl([...odd, ...first]))).toBe(1000);
  expect(await volumeOrCode(binaryStl(Array.from({ length: 5000 }, () => first).flat()))).toBe('NO_VOLUME');
});

test('many spokes at one hub are paired', async () => {
  const cone = periodic(3, 5000, (u, v): [number, number, number] => {
    const angle = v * 2 * Math.PI;
    if (u === 0) return [0, 0, 10];
    return u < 0.5 ? [10 * Math.cos(angle), 10 * Math.sin(angle), 0] : [0, 0, 0];
  });
  const measured = await features(cone);
  expect(measured.volumeMm3).toBeCloseTo((Math.PI * 1000) / 3, 1);
});
