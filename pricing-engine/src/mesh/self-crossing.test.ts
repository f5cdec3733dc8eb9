import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import { expect, test } from '@jest/globals';
import { measure } from '../../test/measure.ts';
import { binaryStl, cube, type Soup, torus, volume } from '../../test/shapes.ts';
import { quote } from '../quote.ts';

type Point = [number, number];

/** The volume, what is known of crossings, and the finding that says it. */
async function measured(soup: Soup) {
  const { file, features } = await measure(binaryStl(soup));
  const options = { alloy: 'SILVER_925', finish: 'POLISHED', quantity: 1 };
  const { manufacturability } = quote(file, features, options, loadTariffs().at(-1)!, 'en');
  return { features, finding: manufacturability.find(({ code }) => code === 'SELF_CROSSING') };
}

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

test('one shell that goes through itself counts as drawn, and is told what it counts twice', async () => {
  const { features, finding } = await measured(loop);
  expect(features.volumeMm3).toBeCloseTo(volume(loop), 3);
  expect(features).toMatchObject({ shells: 1, repairs: {}, crossing: { shells: 1 } });
  expect(features.crossing!.twiceMm3).toBeCloseTo(2 * 2 * 3, 3);
  expect(finding).toMatchObject({
    severity: 'WARNING',
    messages: { en: expect.stringContaining(' 12 mm³ '), ru: expect.stringContaining(' 12 мм³ ') },
  });
});

test('and so is it where other shells overlap it, which are united', async () => {
  const { features } = await measure(binaryStl([...loop, ...cube(2, [9, -1, 0]), ...cube(5, [50, 0, 0])]));
  expect(features.volumeMm3).toBeCloseTo(volume(loop) + 125, 3);
  expect(features.crossing).toMatchObject({ shells: 1, twiceMm3: expect.closeTo(12, 3) });
});

test('where a part of it is wound the wrong way, no number is told', async () => {
  // A bow tie: its small half of 2 mm² takes away from the large one of 8.
  const tie: Point[] = [
    [0, 0],
    [0, 2],
    [6, 0],
    [6, 4],
  ];
  const corner = (at: number, height: number) => [...tie[at % 4]!, height];
  const soup: Soup = [0, 1, 2, 3].flatMap((at) => {
    const [a, b, c, d] = [corner(at, 0), corner(at + 1, 0), corner(at + 1, 1), corner(at, 1)];
    return [...a, ...b, ...c, ...a, ...c, ...d];
  });
  for (const [a, b] of [
    [1, 2],
    [2, 3],
  ] as const)
    soup.push(
      ...corner(0, 0),
      ...corner(b, 0),
      ...corner(a, 0),
      ...corner(0, 1),
      ...corner(a, 1),
      ...corner(b, 1),
    );
  const { features, finding } = await measured(soup);
  expect(features.volumeMm3).toBeCloseTo(6, 4);
  expect(features.crossing).toEqual({ shells: 1, twiceMm3: null });
  expect(finding!.messages!.en + finding!.messages!.ru).not.toMatch(/\d/);
});

test('a ring that goes twice round itself counts what its turns have in common twice', async () => {
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
  expect(features.volumeMm3 / single).toBeCloseTo(2, 1);
  // Two circles of radius 1 whose middles are 0.6 apart have 0.619 of one in common.
  expect(features.crossing!.twiceMm3! / single).toBeGreaterThan(0.6);
  expect(features.crossing!.twiceMm3! / single).toBeLessThan(0.64);
});

test('what touches itself does not cross itself', async () => {
  const touching = [...cube(10), ...cube(10, [10, 10, 0])];
  const { features, finding } = await measured(touching);
  expect(features).toMatchObject({ repairs: {}, crossing: null });
  expect(finding).toBeUndefined();
});
