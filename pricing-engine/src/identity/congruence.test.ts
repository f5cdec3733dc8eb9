import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { describe, expect, test } from '@jest/globals';
import {
  binaryStl,
  box,
  cube,
  insideOut,
  moved,
  periodic,
  type Soup,
  torus,
  turnedBy,
} from '../../test/shapes.ts';
import { defaultLimits } from '../limits.ts';
import { measureModel } from '../measure-model.ts';
import { massProperties } from '../mesh/mass.ts';
import { weld } from '../mesh/weld.ts';
import { findRotation } from './congruence.ts';
import { FolderStore } from './folder-store.ts';
import { KnownModels, type KnownStore } from './known-models.ts';
import { packVertices, unpackVertices } from './packed-vertices.ts';
import { bucketsOf, mayBeCongruent, type Signature } from './signature.ts';

const complain = (error: unknown) => {
  throw error;
};
const turned = (soup: Soup) => moved(turnedBy(soup, 0.83, -1.2), [31, -7, 12]);
const mirrored = (soup: Soup) => insideOut(soup.map((value, index) => (index % 3 === 0 ? -value : value)));
const edited = (soup: Soup, mm: number) => {
  const [x, y, z] = soup.slice(0, 3);
  return soup.map((value, index) => {
    const at = index - (index % 3);
    const isIt = soup[at] === x && soup[at + 1] === y && soup[at + 2] === z;
    return isIt && index % 3 === 2 ? value + mm : value;
  });
};

/** A ring with relief that no turn and no mirror brings onto itself. */
const relief = periodic(90, 24, (u, v) => {
  const [a, b] = [u * 2 * Math.PI, v * 2 * Math.PI];
  const wire = 1.2 + 0.2 * Math.sin(3 * a + b) + 0.1 * Math.sin(7 * a - 2 * b) + 0.05 * Math.cos(a);
  const reach = 10 + wire * Math.cos(b);
  return [reach * Math.cos(a), reach * Math.sin(a), wire * Math.sin(b)];
});
/** An L with arms of three lengths: chiral. */
const chiral = [
  ...box([0, 0, 0], [10, 2, 2]),
  ...box([20, 0, 0], [22, 6, 2]),
  ...box([20, 20, 0], [22, 22, 3]),
];

const rotation = (one: Soup, other: Soup) => {
  const [known, found] = [one, other].map((soup) => weld(Float32Array.from(soup)).mesh) as [
    ReturnType<typeof weld>['mesh'],
    ReturnType<typeof weld>['mesh'],
  ];
  const kept = unpackVertices(packVertices(known.positions));
  const [from, to] = [massProperties(known).centroid, massProperties(found).centroid];
  return findRotation(kept, from, found.positions, to);
};

describe('two shapes are one', () => {
  test.each<[string, Soup]>([
    ['a ring with relief', relief],
    ['a plain ring, whose moments are equal', torus(10, 1)],
    ['a cube', cube(10)],
    ['something chiral', chiral],
  ])('when one is the other, moved and turned: %s', (_, soup) => {
    expect(rotation(soup, soup)).not.toBeNull();
    expect(rotation(soup, turned(soup))).not.toBeNull();
  });

  test('but not when it is mirrored, unless the shape is its own mirror image', () => {
    expect(rotation(relief, mirrored(relief))).toBeNull();
    expect(rotation(chiral, turned(mirrored(chiral)))).toBeNull();
    expect(rotation(torus(10, 1), turned(mirrored(torus(10, 1))))).not.toBeNull();
  });

  test('and not when one vertex lies 0.05 mm away', () => {
    expect(rotation(relief, turned(edited(relief, 0.05)))).toBeNull();
    expect(rotation(torus(10, 1), turned(edited(torus(10, 1), 0.05)))).toBeNull();
    expect(rotation(cube(10), turned(edited(cube(10), 0.05)))).toBeNull();
  });
});

async function priceTwice(store: KnownStore, first: Soup, second: Soup) {
  const known = new KnownModels(store, complain);
  const measured = (soup: Soup) =>
    measureModel(binaryStl(soup), {
      limits: defaultLimits,
      onStep: () => {},
      findKnown: (hash) => known.byTriangles(hash),
      findShapes: (signature) => known.byShape(signature),
    });
  const one = await measured(first);
  await known.remember(one.file, one.trianglesHash, one.features, one.shape);
  return { one, other: await measured(second), fresh: await measuredAlone(second) };
}

const measuredAlone = (soup: Soup) =>
  measureModel(binaryStl(soup), { limits: defaultLimits, onStep: () => {}, findKnown: async () => null });

describe('a model that was measured before', () => {
  test('is known again moved and turned, with what is true of it as it lies now', async () => {
    await using cache = openMemoryCache();
    const { one, other, fresh } = await priceTwice(cache, relief, turned(relief));
    expect(other).toMatchObject({ computed: false, knownBy: 'shape' });
    expect(other.trianglesHash).not.toBe(one.trianglesHash);
    expect(other.features.volumeMm3).toBe(one.features.volumeMm3);
    for (const side of [0, 1, 2])
      expect(other.features.boundingBoxMm[side]).toBeCloseTo(fresh.features.boundingBoxMm[side]!, 5);
    for (const [index, moment] of fresh.features.secondMoments.entries())
      expect(other.features.secondMoments[index]! / 1e3).toBeCloseTo(moment / 1e3, 2);
    // The ring lay flat along z; now its axis points elsewhere, and standing along it the piece is as high as before.
    const flat = one.features.poses.find(({ up }) => up[2] === 1)!;
    const turnedFlat = other.features.poses[one.features.poses.indexOf(flat)]!;
    expect(turnedFlat.heightMm).toBe(flat.heightMm);
    expect(turnedFlat.up[2]).toBeCloseTo(Math.cos(-1.2), 3);
  });

  test('is another one when mirrored or edited', async () => {
    await using cache = openMemoryCache();
    expect((await priceTwice(cache, relief, mirrored(relief))).other.computed).toBe(true);
    expect((await priceTwice(cache, relief, edited(relief, 0.05))).other.computed).toBe(true);
  });

  test('is known to the next process, until the folder is full', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'known-models-'));
    try {
      const { other } = await priceTwice(new FolderStore({ folder }), relief, turned(relief));
      expect(other.knownBy).toBe('shape');
      const next = new KnownModels(new FolderStore({ folder }), complain);
      expect((await next.byBytes((await measuredAlone(relief)).file.sha256))?.features.volumeMm3).toBe(
        other.features.volumeMm3,
      );
      const small = new FolderStore({ folder, maxBytes: 1_000 });
      for (let value = 0; value < 20; value++) await small.set(`key ${value}`, 'x'.repeat(100), 60_000);
      expect((await readdir(folder)).length).toBeLessThan(11);
      expect(await small.get('key 19')).toBe('x'.repeat(100));
      expect(await small.get('key 0')).toBeNull();
      await small.set('old', 'x', -1);
      expect(await small.get('old')).toBeNull();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test('shapes that agree are found on both sides of the edge of a bucket', () => {
  for (let step = 0; step < 5000; step++) {
    const one: Signature = {
      vertices: 10,
      triangles: 16,
      volumeMm3: 100 + step * 1.7e-4,
      areaMm2: 300,
      moments: [1, 2, 3],
    };
    const other = { ...one, volumeMm3: one.volumeMm3 * (1 + 1e-6) };
    expect(mayBeCongruent(one, other)).toBe(true);
    expect(bucketsOf(other)).toContain(bucketsOf(one)[0]);
    expect(bucketsOf(one)).toContain(bucketsOf(other)[0]);
  }
});
