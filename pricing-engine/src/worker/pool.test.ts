import { afterEach, expect, test } from '@jest/globals';
import { binaryStl, cube, torus, turnedBy } from '../../test/shapes.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import type { Step } from '../measure-model.ts';
import { Pool } from './pool.ts';

const pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool[Symbol.asyncDispose]()));
});

function open(limits: Partial<Limits> = {}, size = 1, maxWaiting?: number): Pool {
  const pool = new Pool({ size, limits: { ...defaultLimits, ...limits }, maxWaiting });
  pools.push(pool);
  return pool;
}
const small = () => binaryStl(cube(10));
/** Takes a second or more. */
const large = () => binaryStl(torus(10, 2, 1000, 250));

test('a model is measured in a thread that says where it is, and the bytes are handed over', async () => {
  const steps: Step[] = [];
  const bytes = small();
  const { features, file, computed } = await open().run(bytes, { onStep: (step) => steps.push(step) });
  expect(features.volumeMm3).toBe(1000);
  expect(file).toMatchObject({ format: 'stl', triangles: 12, bytes: 684 });
  expect(steps).toEqual(['reading', 'welding', 'union', 'thickness']);
  expect(computed).toBe(true);
  expect(bytes.byteLength).toBe(0);
});

test('what is known by its triangles is not measured again, and a cache that fails is no obstacle', async () => {
  const pool = open();
  const first = await pool.run(small());
  const known = await pool.run(small(), {
    findKnown: async (hash) => (hash === first.trianglesHash ? { ...first.features, voids: 7 } : null),
  });
  expect(known).toMatchObject({ computed: false, features: { voids: 7 } });
  const without = await pool.run(small(), { findKnown: () => Promise.reject(new Error('no cache')) });
  expect(without.computed).toBe(true);
});

test('a shape that is known is turned, not measured; its vertices come back to be kept', async () => {
  const pool = open();
  const [ring, other] = [torus(10, 1), turnedBy(torus(10, 1), 0.4, 1.1)].map((soup) => binaryStl(soup));
  const { features, shape } = await pool.run(ring!, { findShapes: async () => [] });
  const known = await pool.run(other!, { findShapes: async () => [{ ...shape!, features }] });
  expect(known).toMatchObject({ computed: false, knownBy: 'shape' });
  expect(known.features.volumeMm3).toBe(features.volumeMm3);
  expect(known.shape).toBeUndefined();
  const without = await pool.run(small(), { findShapes: () => Promise.reject(new Error('no cache')) });
  expect(without).toMatchObject({ computed: true, shape: { vertices: expect.anything() } });
  expect((await pool.run(small())).shape).toBeUndefined();
});

test('a refusal comes back with its code and both languages, and the thread goes on', async () => {
  const pool = open();
  await expect(pool.run(new Uint8Array(40))).rejects.toMatchObject({
    name: 'Refusal',
    code: 'FORMAT_UNKNOWN',
    text: { en: expect.stringContaining('no STL'), ru: expect.stringContaining('не является') },
  });
  expect((await pool.run(small())).features.volumeMm3).toBe(1000);
});

test('a model that takes too long is ended with a refusal, and no other is harmed', async () => {
  const pool = open({ timeLimitMs: 100 }, 2);
  await expect(pool.run(large())).rejects.toMatchObject({ code: 'TIME_LIMIT' });
  const patient = open();
  expect((await patient.run(small())).features.volumeMm3).toBe(1000);
  expect(pool.busy).toBe(0);
});

test('a model that takes too much memory is ended with a refusal, and no other is harmed', async () => {
  const pool = open({ memoryLimitMb: 8 });
  // The text of a million zeros is not much, but every open edge of the soup lies on the heap.
  const soup = new Float32Array(9 * 400_000).map(() => Math.random());
  const bytes = new Uint8Array(84 + 400_000 * 50);
  const view = new DataView(bytes.buffer);
  view.setUint32(80, 400_000, true);
  for (let index = 0; index < soup.length; index++)
    view.setFloat32(84 + Math.floor(index / 9) * 50 + 12 + (index % 9) * 4, soup[index]!, true);
  await expect(pool.run(bytes)).rejects.toMatchObject({ code: 'MEMORY_LIMIT' });
  expect(pool.busy).toBe(0);
});

test('an abort ends the computation at once', async () => {
  const pool = open();
  const controller = new AbortController();
  const running = pool.run(large(), {
    signal: controller.signal,
    onStep: (step) => step === 'welding' && controller.abort(new Error('cancelled')),
  });
  await expect(running).rejects.toThrow('cancelled');
  expect(pool.busy).toBe(0);
  expect((await pool.run(small())).features.volumeMm3).toBe(1000);
});

test('no more run at a time than there are threads, and no more wait than may', async () => {
  const pool = open({}, 1, 2);
  const all = [pool.run(small()), pool.run(small()), pool.run(small())];
  await expect(pool.run(small())).rejects.toThrow('more than 2 models wait');
  expect(pool.busy).toBe(1);
  expect((await Promise.all(all)).map(({ features }) => features.volumeMm3)).toEqual([1000, 1000, 1000]);
});

test('one that gives up waiting leaves the queue', async () => {
  const pool = open();
  const running = pool.run(small());
  const controller = new AbortController();
  const waiting = pool.run(small(), { signal: controller.signal });
  controller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  expect((await running).features.volumeMm3).toBe(1000);
  expect(pool.busy).toBe(0);
});

test('a pool that is closed ends what it was doing and takes no more', async () => {
  const pool = open();
  await pool.warm();
  const running = pool.run(large());
  await pool[Symbol.asyncDispose]();
  await expect(running).rejects.toThrow('the thread ended');
  await expect(pool.run(small())).rejects.toThrow('closed');
});
