import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bestPrint } from '@alexandrite/pricing-engine/measure/print';
import type { Pool } from '@alexandrite/pricing-engine/worker/pool';
import { type Printer, tariffAt } from '@alexandrite/tariff';
import { loadTariffs } from '@alexandrite/tariff/load-tariffs';
import type { Table } from '../src/bench.ts';
import { runToEnd } from '../src/child.ts';
import { say } from '../src/progress.ts';
import { fineRing } from './fine-ring.ts';
import { laidStl, turnedStl } from './turned-stl.ts';

export interface PrintTime {
  name: string;
  layers: { ours: number; prusa: number };
  seconds: { ours: number; prusa: number };
}

/** Layers for which PrusaSlicer's exposure fades, and what they take longer for each second that the first takes longer. */
const fadedLayers = 10;
const fadeFactor = 3 + fadedLayers / 2;

/**
 * What we say a print takes, and what PrusaSlicer says of it when it has sliced the same piece lying the same way, told the
 * same numbers: a ring as it is drawn, one that stands askew, and whatever binary STLs are given.
 */
export async function printTimes(
  pool: Pool,
  folder: string,
  others: readonly { name: string; bytes: Uint8Array }[],
): Promise<PrintTime[]> {
  const { printer, resinMinorPerCm3 } = tariffAt(loadTariffs(), new Date());
  const ring = fineRing(20_000, 7).bytes;
  const models = [
    { name: 'ring', bytes: ring },
    { name: 'ring askew', bytes: turnedStl(ring, 0.83, -1.2) },
    ...others,
  ];
  const found: PrintTime[] = [];
  for (const { name, bytes } of models) {
    say(`PrusaSlicer slices ${name}`);
    const { features } = await pool.run(new Uint8Array(bytes));
    const print = bestPrint(features.poses, printer, resinMinorPerCm3);
    const file = join(folder, 'laid.stl');
    await writeFile(file, laidStl(bytes, print.up));
    const prusa = await sliced(file, printer);
    found.push({
      name,
      layers: { ours: print.layers, prusa: prusa.layers },
      seconds: { ours: print.seconds, prusa: prusa.seconds },
    });
  }
  return found;
}

async function sliced(file: string, printer: Printer): Promise<{ layers: number; seconds: number }> {
  const target = `${file}.sl1`;
  const settings = {
    'layer-height': printer.layerMm,
    'initial-layer-height': printer.layerMm,
    'exposure-time': printer.exposureSeconds,
    'fast-tilt-time': printer.tiltSeconds,
    'faded-layers': fadedLayers,
    // What the first layers take longer, told as an exposure.
    'initial-exposure-time': printer.exposureSeconds + printer.fixedSeconds / fadeFactor,
    'support-object-elevation': printer.elevationMm,
    'pad-wall-thickness': printer.padMm,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const command = ['--export-sla', '--printer-technology', 'SLA', '--supports-enable', '--pad-enable'];
  const ended = await runToEnd('prusa-slicer', [...command, ...flags, '-o', target, file]);
  if (ended.code !== 0) throw new Error(`prusa-slicer:\n${ended.output}`);
  const { output } = await runToEnd('unzip', ['-p', target, 'config.ini']);
  const value = (key: string) => Number(new RegExp(`^${key} = ([\\d.]+)$`, 'm').exec(output)?.[1]);
  return { layers: value('numFast') + value('numSlow'), seconds: value('printTime') };
}

export function printTable(times: readonly PrintTime[]): Table {
  return {
    title: 'seconds of a print, against PrusaSlicer with the same numbers, the piece lying as we lay it',
    head: ['model', 'layers', "PrusaSlicer's", 'seconds', "PrusaSlicer's", 'off by'],
    rows: times.map(({ name, layers, seconds }) => [
      name,
      layers.ours,
      layers.prusa,
      Math.round(seconds.ours),
      Math.round(seconds.prusa),
      `${(offBy(seconds) * 100).toFixed(2)} %`,
    ]),
  };
}

export function offBy({ ours, prusa }: PrintTime['seconds']): number {
  return Math.abs(ours / prusa - 1);
}
