import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measuredModel } from '@alexandrite/pricing-engine/estimate-price';
import { descriptorOf } from '@alexandrite/pricing-engine/identity/descriptor';
import { defaultLimits } from '@alexandrite/pricing-engine/limits';
import { readModel } from '@alexandrite/pricing-engine/readers/read-model';
import type { Pool } from '@alexandrite/pricing-engine/worker/pool';
import type { Table } from '../src/bench.ts';
import { say } from '../src/progress.ts';
import { rounded } from '../src/statistics.ts';
import { estimatesOf, type MeasuredModel } from './estimates.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Listed {
  name: string;
  closed: boolean | null;
  volume: number | null;
  union_volume?: number;
  admesh_volume?: number;
}

export interface Collection {
  folder: string;
  listed: Listed[];
}

/** The shared models with their manifest; null where they are not beside the checkout. */
export async function openCollection(): Promise<Collection | null> {
  const folder = join(process.env.ALEXANDRITE_SHARED ?? join(root, '..', 'shared'), 'models');
  const manifest = join(folder, 'manifest.json');
  if (existsSync(manifest)) return { folder, listed: JSON.parse(await readFile(manifest, 'utf8')) };
  say(`there is no ${manifest}: its models are left out`);
  return null;
}

/** What the file encloses, if anybody knows. MUSTFAIL files break their own format. */
export function truthOf({ name, closed, volume, union_volume }: Listed): number | null {
  const known = union_volume ?? (closed ? volume : null);
  return known === null || name.includes('MUSTFAIL') ? null : Math.abs(known);
}

/** How many volumes are right to a thousandth: ours, and those that admesh gave. */
export async function volumesOf({ folder, listed }: Collection, pool: Pool) {
  const judged = listed.filter((model) => truthOf(model) !== null);
  say(`volumes of ${judged.length} models of the shared collection`);
  const wrong: string[] = [];
  const measured: MeasuredModel[] = [];
  let admeshRight = 0;
  let admeshJudged = 0;
  for (const model of judged) {
    const { name, admesh_volume } = model;
    const truth = truthOf(model)!;
    const isRight = (found: number) => Math.abs(found / truth - 1) < 1e-3;
    if (admesh_volume !== undefined) {
      admeshJudged++;
      if (isRight(admesh_volume)) admeshRight++;
    }
    try {
      const bytes = new Uint8Array(await readFile(join(folder, name)));
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

export type Volumes = Awaited<ReturnType<typeof volumesOf>>;

export function volumeTables(volumes: Volumes): Table[] {
  const { estimates } = volumes;
  return [
    {
      title: `volumes of the shared collection, right to a thousandth of ${volumes.judged} known ones`,
      head: ['who', 'right', 'of'],
      rows: [
        ['ours', volumes.right, volumes.judged],
        ['admesh, as the collection lists it', volumes.admeshRight, volumes.admeshJudged],
      ],
      notes: volumes.wrong,
    },
    {
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
    },
  ];
}
