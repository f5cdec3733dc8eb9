import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { measuredModel } from '@alexandrite/pricing-engine/estimate-price';
import { descriptorOf } from '@alexandrite/pricing-engine/identity/descriptor';
import { hashBytes } from '@alexandrite/pricing-engine/identity/hash';
import { KnownModels } from '@alexandrite/pricing-engine/identity/known-models';
import { defaultLimits } from '@alexandrite/pricing-engine/limits';
import type { Measured } from '@alexandrite/pricing-engine/measure-model';
import { quote } from '@alexandrite/pricing-engine/quote';
import { readModel } from '@alexandrite/pricing-engine/readers/read-model';
import { Pool } from '@alexandrite/pricing-engine/worker/pool';
import { tariffAt } from '@alexandrite/tariff';
import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import { type Bench, BenchRefused, type Report, type Table } from '../src/bench.ts';
import { runToEnd } from '../src/child.ts';
import { wholeNumber } from '../src/flags.ts';
import { isThere } from '../src/programs.ts';
import { say } from '../src/progress.ts';
import { median, rounded, spread, timed } from '../src/statistics.ts';
import { estimatesOf, type MeasuredModel } from './estimates.ts';
import { fineRing } from './fine-ring.ts';
import { turnedStl } from './turned-stl.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const options = { alloy: 'SILVER_925', finish: 'POLISHED', quantity: 1 };

export const bench: Bench = {
  summary: 'a model of a million triangles, from its bytes to its price, beside admesh',
  usage: [
    '--rounds N       how often each is measured, in turn; default 3',
    '--triangles LIST default 1000000,100000',
    '--prusa          also PrusaSlicer, slicing for SLA: minutes (needs prusa-slicer)',
    '--no-collection  leave out the volumes of ../shared/models',
  ].join('\n'),
  programs: ['admesh'],
  peers: false,
  run,
};

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({
    args: argv,
    options: {
      rounds: { type: 'string', default: '3' },
      triangles: { type: 'string', default: '1000000,100000' },
      prusa: { type: 'boolean', default: false },
      'no-collection': { type: 'boolean', default: false },
    },
  });
  const rounds = wholeNumber('rounds', values.rounds, 1, 100);
  const sizes = values.triangles.split(',').map((text) => wholeNumber('triangles', text, 1_000, 2_000_000));
  if (values.prusa && !isThere('prusa-slicer'))
    throw new BenchRefused('missing: prusa-slicer. On Debian: apt-get install prusa-slicer');

  const folder = await mkdtemp(join(tmpdir(), 'bench-pricing-'));
  await using pool = new Pool({ size: 1, limits: defaultLimits });
  try {
    const models = [];
    for (const size of sizes) models.push(await modelOf(folder, size));
    say('warming up: three rings of 20,000 triangles');
    for (let seed = 1; seed <= 3; seed++) await pool.run(new Uint8Array(fineRing(20_000, seed).bytes));
    for (let round = 1; round <= rounds; round++)
      for (const model of models) {
        say(`round ${round} of ${rounds}: ${model.triangles} triangles`);
        await measureOnce(pool, model, values.prusa);
      }
    const collection = values['no-collection'] ? null : await volumesOfCollection(pool);
    return report(models, rounds, collection);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Model {
  file: string;
  triangles: number;
  megabytes: number;
  /** Milliseconds, by what was measured. */
  took: Record<string, number[]>;
  steps: Record<string, number[]>;
  volumes: { ours: number; admesh: number };
}

async function modelOf(folder: string, size: number): Promise<Model> {
  const { bytes, triangles } = fineRing(size);
  const file = join(folder, `ring-${triangles}.stl`);
  await writeFile(file, bytes);
  const megabytes = rounded(bytes.length / 1e6);
  return {
    file,
    triangles,
    megabytes,
    took: {},
    steps: {},
    volumes: { ours: Number.NaN, admesh: Number.NaN },
  };
}

/** Each once, ours and theirs in turn, so that a busy minute of the machine hits both. */
async function measureOnce(pool: Pool, model: Model, withPrusa: boolean): Promise<void> {
  const note = (name: string, ms: number) => append(model.took, name, ms);
  const tariff = tariffAt(loadTariffs(), new Date());
  const read = async () => new Uint8Array(await readFile(model.file));
  const price = ({ file, features }: Pick<Measured, 'file' | 'features'>) =>
    quote(file, features, options, tariff, 'en');

  const fresh = await timed(async () => {
    const measured = await pool.run(await read());
    price(measured);
    return measured;
  });
  note('ours', fresh.ms);
  const { file, features, trianglesHash, timings } = fresh.value;
  for (const [step, ms] of Object.entries(timings)) append(model.steps, step, ms);
  model.volumes.ours = features.volumeMm3;

  const admesh = await timed(() => runToEnd('admesh', [model.file]));
  if (admesh.value.code !== 0)
    throw new Error(`admesh ended with ${admesh.value.code}:\n${admesh.value.output}`);
  note('admesh', admesh.ms);
  model.volumes.admesh = Number(/Volume\s*:\s*([\d.]+)/.exec(admesh.value.output)?.[1]);

  const command = await timed(() =>
    runToEnd(process.execPath, ['pricing-engine/src/price-command.ts', model.file], {
      cwd: root,
      env: { ...process.env, NODE_COMPILE_CACHE: join(root, '.data', 'compile-cache') },
    }),
  );
  if (command.value.code !== 0) throw new Error(`npm run price:\n${command.value.output}`);
  note('command', command.ms);

  await using cache = openMemoryCache();
  const known = new KnownModels(cache, (error) => {
    throw error;
  });
  await known.remember(file, trianglesHash, features);
  const byBytes = await timed(async () => price((await known.byBytes(file.sha256))!));
  note('known, asked by sha256', byBytes.ms);
  const hashed = await timed(async () => price((await known.byBytes(hashBytes(await read())))!));
  note('known, file read and hashed', hashed.ms);
  const triangles = await timed(async () =>
    price(await pool.run(await read(), { findKnown: (hash) => known.byTriangles(hash) })),
  );
  note('known by its triangles', triangles.ms);
  note('known by its shape, turned and moved', await timeOfTurned(pool, model.file));

  if (withPrusa) {
    const target = `${model.file}.sl1`;
    const sliced = await timed(() =>
      runToEnd('prusa-slicer', ['--export-sla', '--printer-technology', 'SLA', '-o', target, model.file]),
    );
    if (sliced.value.code !== 0) throw new Error(`prusa-slicer:\n${sliced.value.output}`);
    note('prusa-slicer, sliced for SLA', sliced.ms);
  }
}

async function timeOfTurned(pool: Pool, file: string): Promise<number> {
  const store = new Map<string, string>();
  const known = new KnownModels(
    {
      get: async (key) => store.get(key) ?? null,
      set: async (key, value) => {
        store.set(key, value);
      },
    },
    (error) => {
      throw error;
    },
  );
  const measured = (bytes: Uint8Array<ArrayBuffer>) =>
    pool.run(bytes, {
      findKnown: (hash) => known.byTriangles(hash),
      findShapes: (signature) => known.byShape(signature),
    });
  const bytes = new Uint8Array(await readFile(file));
  const turned = turnedStl(bytes, 0.83, -1.2);
  const first = await measured(bytes);
  await known.remember(first.file, first.trianglesHash, first.features, first.shape);
  const again = await timed(() => measured(turned));
  if (again.value.knownBy !== 'shape') throw new Error('the turned copy was not known');
  return again.ms;
}

function append(series: Record<string, number[]>, name: string, value: number): void {
  series[name] ??= [];
  series[name].push(value);
}

interface Listed {
  name: string;
  closed: boolean | null;
  volume: number | null;
  union_volume?: number;
  admesh_volume?: number;
}

/** How many volumes of the shared collection are right to a thousandth: ours, and those that admesh gave. */
async function volumesOfCollection(pool: Pool) {
  const collection = join(process.env.ALEXANDRITE_SHARED ?? join(root, '..', 'shared'), 'models');
  if (!existsSync(join(collection, 'manifest.json'))) {
    say(`there is no ${collection}: its volumes are left out`);
    return null;
  }
  const listed: Listed[] = JSON.parse(await readFile(join(collection, 'manifest.json'), 'utf8'));
  // Without a known volume there is nothing to compare with; MUSTFAIL files break their own format.
  const judged = listed.filter(
    ({ name, closed, volume, union_volume }) =>
      (union_volume ?? (closed ? volume : null)) !== null && !name.includes('MUSTFAIL'),
  );
  say(`volumes of ${judged.length} models of the shared collection`);
  const wrong: string[] = [];
  const measured: MeasuredModel[] = [];
  let admeshRight = 0;
  let admeshJudged = 0;
  for (const { name, volume, union_volume, admesh_volume } of judged) {
    const truth = Math.abs(union_volume ?? volume!);
    const isRight = (found: number) => Math.abs(found / truth - 1) < 1e-3;
    if (admesh_volume !== undefined) {
      admeshJudged++;
      if (isRight(admesh_volume)) admeshRight++;
    }
    try {
      const bytes = new Uint8Array(await readFile(join(collection, name)));
      const descriptor = descriptorOf(readModel(bytes.slice(), defaultLimits).coordinates);
      const { file, features, trianglesHash } = await pool.run(bytes);
      measured.push({ name, trianglesHash, file, ...measuredModel(descriptor, features, null) });
      const { volumeMm3 } = features;
      if (!isRight(volumeMm3)) wrong.push(`${name}: ${rounded(volumeMm3 / truth)} of the true volume`);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'Refusal')) throw error;
      wrong.push(`${name}: refused, ${error.message}`);
    }
  }
  const right = judged.length - wrong.length;
  const estimates = estimatesOf(measured);
  return { judged: judged.length, right, wrong, admeshJudged, admeshRight, estimates };
}

function report(
  models: Model[],
  rounds: number,
  collection: Awaited<ReturnType<typeof volumesOfCollection>>,
): Report {
  const tables = models.map(({ triangles, megabytes, took, steps, volumes }): Table => {
    const admesh = median(took.admesh!);
    const off = Math.abs(volumes.ours / volumes.admesh - 1);
    return {
      title: `${triangles.toLocaleString('en')} triangles, ${megabytes} MB: medians of ${rounds} rounds`,
      head: ['what', 'ms', 'admesh / it', 'lowest – highest, ms'],
      rows: Object.entries(took).map(([name, ms]) => [
        label(name),
        rounded(median(ms)),
        rounded(admesh / median(ms)),
        spread(ms),
      ]),
      notes: [
        `steps of ours: ${Object.entries(steps)
          .map(([step, ms]) => `${step} ${rounded(median(ms))} ms`)
          .join(', ')}`,
        `volume ${volumes.ours} mm³; admesh's differs by ${off.toExponential(1)}`,
      ],
    };
  });
  if (collection) {
    tables.push({
      title: `volumes of the shared collection, right to a thousandth of ${collection.judged} known ones`,
      head: ['who', 'right', 'of'],
      rows: [
        ['ours', collection.right, collection.judged],
        ['admesh, as the collection lists it', collection.admeshRight, collection.admeshJudged],
      ],
      notes: collection.wrong,
    });
    const { estimates } = collection;
    tables.push({
      title: `estimates from the other models of the collection, ${estimates.estimated} of ${estimates.models} models`,
      head: ['error of', 'half are below', 'nine of ten are below', 'within their band, of them'],
      rows: [
        ['volume', estimates.volume.p50, estimates.volume.p90, estimates.volume.inBand],
        ['area', estimates.area.p50, estimates.area.p90, estimates.area.inBand],
        ['volume, by the plain sum', estimates.plain.p50, estimates.plain.p90, '–'],
        ...estimates.prices.map(({ alloy, p50, p90, inBand, of }) => [
          `price, ${alloy}`,
          p50,
          p90,
          `${inBand} of ${of}`,
        ]),
      ],
      notes: [
        'copies with the same triangles do not count as others',
        ...estimates.prices.map(
          ({ alloy, halfBand }) =>
            `the band of half the prices in ${alloy} is ±${halfBand.p50} of them or narrower`,
        ),
      ],
    });
  }
  const medians = (took: Record<string, number[]>) =>
    Object.fromEntries(Object.entries(took).map(([name, ms]) => [name, rounded(median(ms))]));
  return {
    tables,
    figures: {
      rounds,
      models: models.map(({ triangles, megabytes, took, steps, volumes }) => ({
        triangles,
        megabytes,
        p50Ms: medians(took),
        stepsMs: medians(steps),
        admeshToOurs: rounded(median(took.admesh!) / median(took.ours!)),
        volumes,
      })),
      collection,
    },
  };
}

function label(name: string): string {
  if (name === 'ours') return 'ours, warm: read, repair, union, thickness, price';
  if (name === 'command') return 'npm run price, its own process (without npm)';
  if (name === 'admesh') return 'admesh: read, check, repair, volume';
  return name;
}
