import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { measure } from '../../test/measure.ts';
import { binaryStl, torus } from '../../test/shapes.ts';
import { type MeasuredModel, measuredModel } from '../estimate-price.ts';
import { descriptorOf } from './descriptor.ts';
import { FolderStore } from './folder-store.ts';
import { SimilarModels } from './similar-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'similar-'));
const complaints: unknown[] = [];
const open = () => new SimilarModels(new FolderStore({ folder }), (error) => complaints.push(error));
const ring = torus(9, 1.2, 40, 16);
const descriptor = descriptorOf(Float32Array.from(ring));
let model: MeasuredModel;

beforeAll(async () => {
  const { features } = await measure(binaryStl(ring));
  model = measuredModel(descriptor, features, 0.5);
});
afterAll(() => rmSync(folder, { recursive: true }));

const hash = (index: number) => index.toString(16).padStart(8, '0').repeat(8);

test('models outlive the process, and engines learn from each other', async () => {
  const [one, other] = [open(), open()];
  expect(one.estimate(descriptor)).toBeNull();
  one.remember(hash(1), model);
  one.remember(hash(65), model); // the same shard, while the first is being written
  await one[Symbol.asyncDispose]();
  other.remember(hash(129), model);
  await other[Symbol.asyncDispose]();
  expect(other.size).toBe(3);
  await using later = open();
  await later.load();
  expect(later.size).toBe(3);
  expect(later.estimate(descriptor)?.from).toBe(3);
  later.remember(hash(193), model);
  await later[Symbol.asyncDispose]();
  await using last = open();
  await last.load();
  expect(last.size).toBe(4);
  expect(complaints).toEqual([]);
});

test('they are so many at most, the newest', async () => {
  await using models = new SimilarModels(new FolderStore({ folder: join(folder, 'many') }), () => {});
  for (let index = 0; index < 2_500; index++) models.remember(hash(index), model);
  expect(models.size).toBe(2_048);
});

test('they say how wide bands have to be', async () => {
  await using models = new SimilarModels(new FolderStore({ folder: join(folder, 'bands') }), () => {});
  expect(models.widening).toBe(1);
  for (let index = 0; index < 40; index++) models.remember(hash(index), { ...model, missed: index / 20 });
  expect(models.widening).toBeGreaterThan(1.8);
  expect(models.widening).toBeLessThan(2);
});

test('what cannot be read costs estimates only', async () => {
  const broken = {
    get: async () => '{',
    set: () => Promise.reject(new Error('the disk is full')),
  };
  const heard: string[] = [];
  await using models = new SimilarModels(broken, (error) => heard.push(String(error)));
  await models.load();
  models.remember(hash(1), model);
  await models[Symbol.asyncDispose]();
  expect(models.estimate(descriptor)?.from).toBe(1);
  expect(heard).toContain('Error: the disk is full');
});
