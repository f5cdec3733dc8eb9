import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultLimits } from '@alexandrite/pricing-engine/limits';
import { Pool } from '@alexandrite/pricing-engine/worker/pool';
import { type Bench, BenchRefused, type Report } from '../src/bench.ts';
import { wholeNumber } from '../src/flags.ts';
import { isThere } from '../src/programs.ts';
import { say } from '../src/progress.ts';
import { type Collection, openCollection, volumesOf, volumeTables } from './collection.ts';
import { fineRing } from './fine-ring.ts';
import { goalTable } from './goals.ts';
import { hostileTable, measureHostile } from './hostile.ts';
import { printTable, printTimes } from './print-times.ts';
import { measureOnce, type Ring, ringFigures, ringOf, ringTable, sliceOnce } from './rings.ts';

export const bench: Bench = {
  summary:
    'a model of a million triangles, from its bytes to its price, beside admesh; and the other goals of pricing',
  usage: [
    '--rounds N       how often each is measured, in turn; default 3',
    '--triangles LIST default 1000000,100000',
    '--prusa          PrusaSlicer slices the same rings for SLA, once: minutes',
    '                 (seconds of prints are compared with it wherever prusa-slicer and unzip are there)',
    '--no-collection  leave out the models of ../shared/models',
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
  const hasSlicer = isThere('prusa-slicer') && isThere('unzip');
  if (values.prusa && !hasSlicer)
    throw new BenchRefused('missing: prusa-slicer or unzip. On Debian: apt-get install prusa-slicer unzip');

  const folder = await mkdtemp(join(tmpdir(), 'bench-pricing-'));
  await using pool = new Pool({ size: 1, limits: defaultLimits });
  try {
    const rings: Ring[] = [];
    for (const size of sizes) rings.push(await ringOf(folder, size));
    say('warming up: three rings of 20,000 triangles');
    for (let seed = 1; seed <= 3; seed++) await pool.run(new Uint8Array(fineRing(20_000, seed).bytes));
    for (let round = 1; round <= rounds; round++)
      for (const ring of rings) {
        say(`round ${round} of ${rounds}: ${ring.triangles} triangles`);
        await measureOnce(pool, ring);
      }
    if (values.prusa)
      for (const ring of rings) {
        say(`PrusaSlicer slices ${ring.triangles} triangles`);
        await sliceOnce(ring);
      }
    const collection = values['no-collection'] ? null : await openCollection();
    if (!hasSlicer) say('there is no prusa-slicer or no unzip: seconds of prints are not compared');
    const prints = hasSlicer ? await printTimes(pool, folder, await jewelleryOf(collection)) : null;
    const volumes = collection && (await volumesOf(collection, pool));
    const hostile = await measureHostile(collection, folder);
    const { wrong, right, worstMs, peakMb, outcomes } = hostile;
    return {
      tables: [
        ...rings.map((ring) => ringTable(ring, rounds)),
        ...(prints ? [printTable(prints)] : []),
        ...(volumes ? volumeTables(volumes) : []),
        hostileTable(hostile),
        goalTable({ rings, prints, volumes, hostile }),
      ],
      figures: {
        rounds,
        models: rings.map(ringFigures),
        prints,
        collection: volumes,
        hostile: { files: outcomes.length, right, worstMs, peakMb, wrong },
      },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Some pieces of the collection whose prints are compared: PrusaSlicer takes some seconds for each. */
async function jewelleryOf(collection: Collection | null) {
  if (!collection) return [];
  const names = [
    'jewelry/gen-band-comfort.stl',
    'identity/id-base.stl',
    'broken/ok-base.stl',
    'parts/benchy-wheel.stl',
  ];
  const there = names.filter((name) => collection.listed.some((model) => model.name === name));
  return Promise.all(
    there.map(async (name) => ({ name, bytes: await readFile(join(collection.folder, name)) })),
  );
}
