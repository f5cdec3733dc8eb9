import { describe, expect, test } from '@jest/globals';
import { paintWalls } from './paint-walls.ts';
import { wallColour } from './wall-colour.ts';
import { readWallMap } from './wall-map.ts';

/** As the pricing engine writes it (its own test has the same letters). */
const sent = 'QVdNMQMAAAAAAAAAAAAAAAAAAACgACA5zczMPs3MTEAAAAAAAAAA//8AAAAAVf//AIAAQP8=';

describe('the map of walls', () => {
  test('is read as the engine writes it', () => {
    const { points, wallsMm } = readWallMap(sent);
    expect([...points].map((value) => Number(value.toFixed(3)))).toEqual([0, 0, 0, 10, 0, 0, 10, 5, 2.5]);
    expect([...wallsMm].map((value) => Number(value.toFixed(2)))).toEqual([0.4, 0.8, 3.2]);
  });

  test('is nothing else', () => {
    expect(() => readWallMap('AAAA')).toThrow(RangeError);
    expect(() => readWallMap(sent.slice(8))).toThrow(RangeError);
  });
});

describe('the colour of a wall', () => {
  test('leaps at the limit, from orange to blue', () => {
    const [thin, thick] = [wallColour(0.499, 0.5), wallColour(0.5, 0.5)];
    expect(thin[0] - thin[2]).toBeGreaterThan(100);
    expect(thick[2]).toBeGreaterThan(thick[0]);
  });

  test('is darker the farther the wall is from it, and has an end', () => {
    const light = (wall: number) => wallColour(wall, 1).reduce((sum, level) => sum + level, 0);
    expect([0.3, 0.5, 0.9].map(light)).toEqual([0.3, 0.5, 0.9].map(light).sort((a, b) => a - b));
    expect([1, 2, 4, 8].map(light)).toEqual([1, 2, 4, 8].map(light).sort((a, b) => b - a));
    expect(wallColour(0.001, 1)).toEqual(wallColour(0.25, 1));
    expect(wallColour(1000, 1)).toEqual(wallColour(8, 1));
  });
});

describe('painting', () => {
  // A strip of two large triangles, thin at one end.
  const positions = Float32Array.from([0, 0, 0, 10, 0, 0, 10, 1, 0, 0, 0, 0, 10, 1, 0, 0, 1, 0]);
  const normals = Float32Array.from({ length: 18 }, (_, at) => (at % 3 === 2 ? 1 : 0));
  const places = Array.from({ length: 40 }, (_, at) => [at / 4, 0.5, 0]);
  const map = {
    points: Float32Array.from(places.flat()),
    wallsMm: Float32Array.from(places, ([x]) => (x! < 5 ? 0.3 : 2)),
  };

  test('shows what lies within a large triangle', () => {
    const painted = paintWalls({ positions, normals, map, limitMm: 0.5 });
    expect(painted.positions.length).toBeGreaterThan(18 * 10);
    expect(painted.normals.length).toBe(painted.positions.length);
    for (let at = 0; at < painted.positions.length; at += 3) {
      const [x, red, blue] = [painted.positions[at]!, painted.colours[at]!, painted.colours[at + 2]!];
      expect([0, 1]).toContain(painted.normals[at + 2]);
      if (x < 4.4) expect(red).toBeGreaterThan(blue);
      if (x > 5.2) expect(blue).toBeGreaterThan(red);
    }
  });

  test('leaves the surface where it was', () => {
    const { positions: cut } = paintWalls({ positions, normals, map, limitMm: 0.5 });
    let area = 0;
    for (let at = 0; at < cut.length; at += 9)
      area +=
        Math.abs(
          (cut[at + 3]! - cut[at]!) * (cut[at + 7]! - cut[at + 1]!) -
            (cut[at + 6]! - cut[at]!) * (cut[at + 4]! - cut[at + 1]!),
        ) / 2;
    expect(area).toBeCloseTo(10, 4);
  });
});
