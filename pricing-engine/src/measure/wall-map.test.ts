import { describe, expect, test } from '@jest/globals';
import { box, type Soup, torus, turnedBy } from '../../test/shapes.ts';
import { findRotation } from '../identity/congruence.ts';
import { massProperties } from '../mesh/mass.ts';
import { boundingBox, type Mesh } from '../mesh/mesh.ts';
import { placesOn } from '../mesh/places.ts';
import { weld } from '../mesh/weld.ts';
import { wallsAt } from './thickness.ts';
import { decodeWalls, encodeWalls, turnedWalls, wallMap } from './wall-map.ts';

const meshOf = (soup: Soup): Mesh => weld(Float32Array.from(soup)).mesh;
const mapOf = (mesh: Mesh) => wallMap(placesOn(mesh), wallsAt(mesh))!;

describe('the map of walls', () => {
  test('says how thick a plate is where the plate is', () => {
    const map = mapOf(meshOf([...box([0, 0, 0], [20, 20, 0.3]), ...box([30, 0, 0], [50, 20, 3])]));
    const walls = decodeWalls(map);
    expect(walls.length).toBeGreaterThan(1900);
    for (const { point, wallMm } of walls) {
      const [x, y, z] = point;
      const thin = x < 25;
      // Beside an edge the rays find the other side of it.
      const onFace = y > 3 && y < 17 && (thin ? x > 3 && x < 17 : x > 33 && x < 47);
      if (!onFace || (z > 0.01 && Math.abs(z - (thin ? 0.3 : 3)) > 0.01)) continue;
      expect(wallMm / (thin ? 0.3 : 3)).toBeGreaterThan(0.95);
      expect(wallMm / (thin ? 0.3 : 3)).toBeLessThan(1.08);
    }
  });

  test('is small, whatever the model', () => {
    expect(mapOf(meshOf(torus(10, 1, 300, 100))).length).toBeLessThan(19_000);
  });

  test('turns with its shape', () => {
    const soup = torus(8, 1.1, 40, 16).map(
      (value, index) => value + 0.01 * (index % 3) * value ** 2 + 0.01 * value ** 2,
    ); // no symmetry
    const [one, other] = [meshOf(soup), meshOf(turnedBy(soup, 0.7, -1.1).map((value) => value + 5))];
    const centroid = (mesh: Mesh) => massProperties(mesh, boundingBox(mesh.positions)).centroid;
    const [from, to] = [centroid(one), centroid(other)];
    const rotation = findRotation(one.positions, from, other.positions, to)!;
    const turned = decodeWalls(turnedWalls(mapOf(one), rotation, from, to));
    const own = decodeWalls(mapOf(other));
    // Each was measured in places of its own, and with rays of its own.
    const some = turned.filter((_, index) => index % 20 === 0);
    const beside = some.map(({ point, wallMm }) => {
      const farness = (other: typeof point) => Math.hypot(...point.map((at, axis) => at - other[axis]!));
      const nearest = own.reduce((best, each) => (farness(each.point) < farness(best.point) ? each : best));
      return { far: farness(nearest.point), off: Math.abs(wallMm / nearest.wallMm - 1) };
    });
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
    expect(median(beside.map(({ far }) => far))).toBeLessThan(0.25);
    expect(median(beside.map(({ off }) => off))).toBeLessThan(0.05);
  });

  test('is written as the pages read it', () => {
    const walls = [
      { point: [0, 0, 0], wallMm: 0.4 },
      { point: [10, 0, 0], wallMm: 0.8 },
      { point: [10, 5, 2.5], wallMm: 3.2 },
    ] as const;
    const sent = 'QVdNMQMAAAAAAAAAAAAAAAAAAACgACA5zczMPs3MTEAAAAAAAAAA//8AAAAAVf//AIAAQP8='; // web's test reads the same
    expect(encodeWalls(walls)).toBe(sent);
  });

  test('other bytes are none', () => {
    expect(() => decodeWalls('AAAA')).toThrow(RangeError);
    expect(() => decodeWalls(mapOf(meshOf(box([0, 0, 0], [1, 1, 1]))).slice(8))).toThrow(RangeError);
  });

  test('there is none where no wall was found', () => expect(wallMap([], [])).toBeNull());
});
