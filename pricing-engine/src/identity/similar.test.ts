import { describe, expect, test } from '@jest/globals';
import { box, cube, moved, torus, turnedBy, volume } from '../../test/shapes.ts';
import { descriptorOf } from './descriptor.ts';
import { distanceBetween, estimate, type MeasuredLike } from './similar.ts';

const describeSoup = (soup: number[]) => descriptorOf(Float32Array.from(soup));

/** A ring with a stone half in it: the volume is known by its share. */
function pave(scale: number, sunk = 0.5): MeasuredLike {
  const ring = torus(10 * scale, 1.5 * scale);
  const stones = [0, 1, 2, 3].flatMap((stone) =>
    turnedBy(cube(2 * scale, [9 * scale, -scale, -scale]), (stone * Math.PI) / 2, 0),
  );
  const descriptor = describeSoup([...ring, ...stones]);
  return {
    descriptor,
    volumeMm3: volume(ring) + (1 - sunk) * volume(stones),
    areaMm2: descriptor.areaMm2 * 0.9,
    wallQuantilesMm: Array.from({ length: 101 }, (_, at) => scale * (1 + at / 100)),
  };
}

describe('the descriptor', () => {
  test('is that of the shape: turning, moving and scaling change little', () => {
    const ring = torus(10, 1.5);
    const other = moved(
      turnedBy(ring, 0.5, 1).map((value) => value * 3),
      [50, 0, 0],
    );
    expect(distanceBetween(describeSoup(ring), describeSoup(ring))).toBe(0);
    // The box of a turned ring is another one.
    expect(distanceBetween(describeSoup(ring), describeSoup(other))).toBeLessThan(0.25);
    expect(distanceBetween(describeSoup(ring), describeSoup(torus(10, 1.5, 96, 40)))).toBeLessThan(0.04);
    expect(distanceBetween(describeSoup(ring), describeSoup(box([0, 0, 0], [5, 5, 30])))).toBeGreaterThan(
      0.5,
    );
  });
});

describe('an estimate', () => {
  test('of a ring with sunk stones comes from rings with sunk stones', () => {
    const known = [pave(1), pave(1.1), pave(0.8)];
    const truth = pave(1.3);
    const found = estimate(truth.descriptor, known)!;
    expect(Math.abs(found.volumeMm3 / truth.volumeMm3 - 1)).toBeLessThan(found.volumeBand);
    expect(found.volumeMm3).toBeLessThan(truth.descriptor.signedVolumeMm3 * 0.99);
    expect(found.volumeBand).toBeLessThan(0.05);
    expect(found.wallQuantilesMm[50]).toBeCloseTo(1.3 * 1.5, 1);
    expect(found.from).toBe(3);
  });

  test('is wider where those that look alike disagree', () => {
    const agreed = estimate(pave(1.2).descriptor, [pave(1), pave(1.1)])!;
    const disputed = estimate(pave(1.2).descriptor, [pave(1, 0), pave(1.1, 1)])!;
    expect(disputed.volumeBand).toBeGreaterThan(2 * agreed.volumeBand);
  });

  test('is none where nothing looks alike, or there is no volume', () => {
    const needle = describeSoup(box([0, 0, 0], [1, 1, 200]));
    expect(estimate(needle, [pave(1)])).toBeNull();
    expect(estimate(needle, [])).toBeNull();
    expect(estimate(describeSoup(cube(10).slice(0, 9)), [pave(1)])).toBeNull();
  });
});
