import { expect, test } from '@jest/globals';
import { measure } from '../../test/measure.ts';
import { binaryStl, cube, type Soup, torus, volume } from '../../test/shapes.ts';

type Point = [number, number];

/** A bar 2 wide and 3 high along a path of right angles. */
function bar(path: Point[]): Soup {
  const sides = path.map((at, index) => {
    const ways = [
      [path[index - 1] ?? at, at],
      [at, path[index + 1] ?? at],
    ].map(([from, to]) => [Math.sign(to![0] - from![0]), Math.sign(to![1] - from![1])] as Point);
    // To the left of the way before and of the way after: the corner of both.
    const left: Point = [-(ways[0]![1] + ways[1]![1]), ways[0]![0] + ways[1]![0]];
    return [
      [at[0] - left[0], at[1] - left[1]],
      [at[0] + left[0], at[1] + left[1]],
    ] as [Point, Point];
  });
  const soup: Soup = [];
  const quad = (...[a, b, c, d]: number[][]) => soup.push(...a!, ...b!, ...c!, ...a!, ...c!, ...d!);
  const [low, high] = [(p: Point) => [...p, 0], (p: Point) => [...p, 3]];
  for (let index = 1; index < sides.length; index++) {
    const [[r0, l0], [r1, l1]] = [sides[index - 1]!, sides[index]!];
    quad(low(r0), low(l0), low(l1), low(r1));
    quad(high(r0), high(r1), high(l1), high(l0));
    quad(low(r0), low(r1), high(r1), high(r0));
    quad(low(l1), low(l0), high(l0), high(l1));
  }
  const [first, last] = [sides[0]!, sides.at(-1)!];
  quad(low(first[1]), low(first[0]), high(first[0]), high(first[1]));
  quad(low(last[0]), low(last[1]), high(last[1]), high(last[0]));
  return soup;
}

const loop = bar([
  [0, 0],
  [10, 0],
  [10, 10],
  [5, 10],
  [5, -10],
]);

test('one shell that goes through itself is as large as what it fills', async () => {
  const { features } = await measure(binaryStl(loop));
  expect(features.signedVolumeMm3).toBeCloseTo(volume(loop), 3);
  expect(features.volumeMm3).toBeCloseTo(volume(loop) - 2 * 2 * 3, 3);
  expect(features).toMatchObject({ shells: 1, repairs: { selfCrossingShells: 1 } });
});

test('and so is it where other shells overlap it', async () => {
  const { features } = await measure(binaryStl([...loop, ...cube(2, [9, -1, 0]), ...cube(5, [50, 0, 0])]));
  expect(features.volumeMm3).toBeCloseTo(volume(loop) - 12 + 125, 3);
});

test('a ring that goes twice round itself has the volume of one', async () => {
  // Two turns of a wire, the second a tenth beside the first.
  const twice: Soup = [];
  const [turns, steps, sides] = [2, 240, 24];
  const point = (i: number, j: number) => {
    const [a, b] = [((i % (steps * turns)) / steps) * 2 * Math.PI, (j / sides) * 2 * Math.PI];
    const reach = 10 + 0.3 * Math.cos(a / 2) + Math.cos(b);
    return [reach * Math.cos(a), reach * Math.sin(a), Math.sin(b) + 0.3 * Math.sin(a / 2)];
  };
  for (let i = 0; i < steps * turns; i++)
    for (let j = 0; j < sides; j++) {
      const [a, b, c, d] = [point(i, j), point(i + 1, j), point(i + 1, j + 1), point(i, j + 1)];
      twice.push(...a, ...b, ...c, ...a, ...c, ...d);
    }
  const { features } = await measure(binaryStl(twice));
  const single = volume(torus(10, 1, steps, sides));
  expect(Math.abs(features.signedVolumeMm3) / single).toBeCloseTo(2, 1);
  // Two circles of radius 1 whose middles are 0.6 apart cover 1.381 of one.
  expect(features.volumeMm3 / single).toBeGreaterThan(1.36);
  expect(features.volumeMm3 / single).toBeLessThan(1.4);
});

test('what touches itself does not cross itself', async () => {
  const touching = [...cube(10), ...cube(10, [10, 10, 0])];
  expect((await measure(binaryStl(touching))).features.repairs).toEqual({});
});
