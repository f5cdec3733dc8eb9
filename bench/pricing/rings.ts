import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { KnownModels } from '@alexandrite/pricing-engine/identity/known-models';
import { defaultLimits } from '@alexandrite/pricing-engine/limits';
import type { Measured } from '@alexandrite/pricing-engine/measure-model';
import { quote } from '@alexandrite/pricing-engine/quote';
import { readModelFile } from '@alexandrite/pricing-engine/readers/read-file';
import type { Pool } from '@alexandrite/pricing-engine/worker/pool';
import { tariffAt } from '@alexandrite/tariff';
import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import type { Table } from '../src/bench.ts';
import { median, rounded, spread, timed } from '../src/statistics.ts';
import { runTimed } from '../src/timed-child.ts';
import { fineRing } from './fine-ring.ts';
import { turnedStl } from './turned-stl.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const options = { alloy: 'SILVER_925', finish: 'POLISHED', quantity: 1 };

export interface Ring {
  file: string;
  triangles: number;
  megabytes: number;
  /** Milliseconds, by what was measured. */
  took: Record<string, number[]>;
  /** Of the processors, where it is known. */
  used: Record<string, number[]>;
  steps: Record<string, number[]>;
  volumes: { ours: number; admesh: number };
}

export async function ringOf(folder: string, size: number): Promise<Ring> {
  const { bytes, triangles } = fineRing(size);
  const file = join(folder, `ring-${triangles}.stl`);
  await writeFile(file, bytes);
  const megabytes = rounded(bytes.length / 1e6);
  const volumes = { ours: Number.NaN, admesh: Number.NaN };
  return { file, triangles, megabytes, took: {}, used: {}, steps: {}, volumes };
}

/** Each once, ours and theirs in turn, so that a busy minute of the machine hits both. */
export async function measureOnce(pool: Pool, ring: Ring): Promise<void> {
  const note = (name: string, ms: number, cpuMs?: number) => {
    append(ring.took, name, ms);
    if (cpuMs !== undefined) append(ring.used, name, cpuMs);
  };
  const tariff = tariffAt(loadTariffs(), new Date());
  const read = () => readModelFile(ring.file, defaultLimits);
  const price = ({ file, features }: Pick<Measured, 'file' | 'features'>) =>
    quote(file, features, options, tariff, 'en');

  const before = process.cpuUsage();
  const fresh = await timed(async () => {
    const { bytes, sha256 } = await read();
    const measured = await pool.run(bytes, { sha256 });
    price(measured);
    return measured;
  });
  const used = process.cpuUsage(before);
  note('ours', fresh.ms, (used.user + used.system) / 1000);
  const { file, features, trianglesHash, timings } = fresh.value;
  for (const [step, ms] of Object.entries(timings)) append(ring.steps, step, ms);
  ring.volumes.ours = features.volumeMm3;

  const admesh = await runTimed('admesh', [ring.file]);
  note('admesh', admesh.ms, admesh.cpuMs);
  ring.volumes.admesh = Number(/Volume\s*:\s*([\d.]+)/.exec(admesh.output)?.[1]);

  const command = await runTimed(process.execPath, ['pricing-engine/src/price-command.ts', ring.file], {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, '.data', 'compile-cache') },
  });
  note('command', command.ms, command.cpuMs);

  await using cache = openMemoryCache();
  const known = new KnownModels(cache, complain);
  await known.remember(file, trianglesHash, features);
  const byBytes = await timed(async () => price((await known.byBytes(file.sha256))!));
  note('sameBytes', byBytes.ms);
  const hashed = await timed(async () => price((await known.byBytes((await read()).sha256))!));
  note('sameFile', hashed.ms);
  const triangles = await timed(async () =>
    price(await pool.run((await read()).bytes, { findKnown: (hash) => known.byTriangles(hash) })),
  );
  note('sameTriangles', triangles.ms);
  note('turned', await timeOfTurned(pool, ring.file));
}

/**
 * The other's time with the same file, in layers as thin as ours, on supports and a pad: lying flat, as we would lay it, and at
 * 60°, as rings are set up by hand.
 */
export async function sliceOnce(ring: Ring): Promise<void> {
  const heights = ['--layer-height', '0.025', '--initial-layer-height', '0.025'];
  const common = [
    '--export-sla',
    '--printer-technology',
    'SLA',
    '--supports-enable',
    '--pad-enable',
    ...heights,
  ];
  for (const [name, pose] of [
    ['prusaFlat', []],
    ['prusaTilted', ['--rotate-x', '60']],
  ] as const) {
    const { ms, cpuMs } = await runTimed('prusa-slicer', [
      ...common,
      ...pose,
      '-o',
      `${ring.file}.sl1`,
      ring.file,
    ]);
    append(ring.took, name, ms);
    append(ring.used, name, cpuMs);
  }
}

/** A copy turned and moved, of a model that is known: it is asked by bytes and triangles first, as in the engine. */
async function timeOfTurned(pool: Pool, path: string): Promise<number> {
  // A million vertices are more than the memory cache keeps of one entry.
  const kept = new Map<string, string>();
  const store = {
    get: async (key: string) => kept.get(key) ?? null,
    set: async (key: string, value: string) => {
      kept.set(key, value);
    },
  };
  const known = new KnownModels(store, complain);
  const measured = async (bytes: Uint8Array<ArrayBuffer>) =>
    pool.run(bytes, {
      findKnown: (hash) => known.byTriangles(hash),
      findShapes: (signature) => known.byShape(signature),
    });
  const { bytes } = await readModelFile(path, defaultLimits);
  const turned = turnedStl(bytes, 0.83, -1.2);
  const first = await measured(bytes);
  await known.remember(first.file, first.trianglesHash, first.features, first.shape);
  const again = await timed(() => measured(turned));
  if (again.value.knownBy !== 'shape') throw new Error('the turned copy was not known');
  return again.ms;
}

function complain(error: unknown): never {
  throw error;
}

function append(series: Record<string, number[]>, name: string, value: number): void {
  series[name] ??= [];
  series[name].push(value);
}

const labels: Record<string, string> = {
  ours: 'ours, warm: read, repair, union, thickness, price',
  admesh: 'admesh: read, check, repair, volume',
  command: 'npm run price, its own process (without npm)',
  sameBytes: 'known, asked by its sha256',
  sameFile: 'known, file read and hashed',
  sameTriangles: 'known by its triangles',
  turned: 'known by its shape, turned and moved',
  prusaFlat: 'prusa-slicer, sliced for SLA lying flat, once',
  prusaTilted: 'prusa-slicer, sliced for SLA at 60°, once',
};

export function ringTable({ triangles, megabytes, took, used, steps, volumes }: Ring, rounds: number): Table {
  const admesh = median(took.admesh!);
  const off = Math.abs(volumes.ours / volumes.admesh - 1);
  const shown = Object.entries(steps).map(([step, ms]) => `${step} ${rounded(median(ms))} ms`);
  return {
    title: `${triangles.toLocaleString('en')} triangles, ${megabytes} MB: medians of ${rounds} rounds`,
    head: ['what', 'ms', 'of processors, ms', 'admesh / it', 'lowest – highest, ms'],
    rows: Object.entries(took).map(([name, ms]) => [
      labels[name] ?? name,
      rounded(median(ms)),
      used[name] ? rounded(median(used[name])) : '–',
      rounded(admesh / median(ms)),
      spread(ms),
    ]),
    notes: [
      `steps of ours: ${shown.join(', ')}`,
      `volume ${volumes.ours} mm³; admesh's differs by ${off.toExponential(1)}`,
    ],
  };
}

export function ringFigures({ triangles, megabytes, took, used, steps, volumes }: Ring) {
  const medians = (series: Record<string, number[]>) =>
    Object.fromEntries(Object.entries(series).map(([name, values]) => [name, rounded(median(values))]));
  const admeshToOurs = rounded(median(took.admesh!) / median(took.ours!));
  return {
    triangles,
    megabytes,
    p50Ms: medians(took),
    cpuMs: medians(used),
    stepsMs: medians(steps),
    admeshToOurs,
    volumes,
  };
}
