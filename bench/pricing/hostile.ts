import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Table } from '../src/bench.ts';
import { say } from '../src/progress.ts';
import { rounded } from '../src/statistics.ts';
import { type Collection, truthOf } from './collection.ts';

const script = fileURLToPath(new URL('hostile-process.ts', import.meta.url));
const own = fileURLToPath(new URL('../../pricing-engine/models', import.meta.url));

export interface Outcome {
  file: string;
  ms: number;
  volumeMm3?: number;
  /** Of a refusal. */
  code?: string;
  /** Neither: it must not happen. */
  fault?: string;
}

export interface Hostility {
  outcomes: Outcome[];
  /** Of the process with all of its threads. */
  peakMb: number;
}

export interface Judged extends Hostility {
  right: number;
  worstMs: number;
  wrong: string[];
}

/**
 * Every file of the collection and of the project, the broken ones first of all, one after the other in one engine in a
 * process of its own: each gives its true volume or a coded refusal, and the engine serves the next one.
 */
export async function measureHostile(collection: Collection | null, folder: string): Promise<Judged> {
  const truths = new Map<string, number | null>();
  for (const model of collection?.listed ?? [])
    truths.set(join(collection!.folder, model.name), truthOf(model));
  const expected: Record<string, { volumeMm3?: number }> = JSON.parse(
    await readFile(join(own, 'expected.json'), 'utf8'),
  );
  for (const name of await readdir(own))
    if (Object.hasOwn(expected, name)) truths.set(join(own, name), expected[name]!.volumeMm3 ?? null);
  for (const file of await written(folder)) truths.set(file, null);
  say(`${truths.size} files, broken ones among them, in one engine`);
  const found = await inOneEngine([...truths.keys()]);
  const wrong = found.outcomes.flatMap((outcome) => {
    const fault = faultOf(outcome, truths.get(outcome.file) ?? null);
    return fault ? [`${outcome.file}: ${fault}`] : [];
  });
  const worstMs = Math.max(...found.outcomes.map(({ ms }) => ms));
  return { ...found, right: found.outcomes.length - wrong.length, worstMs, wrong };
}

/** Where nobody knows the truth, anything but a fault is right. */
function faultOf({ volumeMm3, code, fault }: Outcome, truth: number | null): string | null {
  if (fault !== undefined) return fault;
  if (truth === null) return null;
  if (volumeMm3 === undefined) return `refused with ${code}, though it has ${truth} mm³`;
  return Math.abs(volumeMm3 / truth - 1) < 1e-3 ? null : `${volumeMm3} mm³ for ${truth}`;
}

/** What other programs hang on: zeros without end, a count of four thousand million, a million times one triangle. */
async function written(folder: string): Promise<string[]> {
  const count = Buffer.alloc(84 + 50);
  count.writeUInt32LE(0xffffffff, 80);
  const same = Buffer.alloc(84 + 50 * 1_000_000);
  same.writeUInt32LE(1_000_000, 80);
  for (let at = 84; at < same.length; at += 50) {
    same.writeFloatLE(1, at + 24);
    same.writeFloatLE(1, at + 40);
  }
  const files = { 'zeros.stl': Buffer.alloc(65_536), 'count.stl': count, 'one-triangle.stl': same };
  return Promise.all(
    Object.entries(files).map(async ([name, bytes]) => {
      await writeFile(join(folder, name), bytes);
      return join(folder, name);
    }),
  );
}

async function inOneEngine(files: readonly string[]): Promise<Hostility> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(files.join('\n'));
  const output = await text(child.stdout);
  const line = /^OUTCOMES (.*)$/m.exec(output)?.[1];
  if (!line) throw new Error(`the engine ended before its files did:\n${output.slice(-1000)}`);
  return JSON.parse(line);
}

export function hostileTable({ outcomes, right, worstMs, peakMb, wrong }: Judged): Table {
  const slowest = outcomes.toSorted((one, other) => other.ms - one.ms).slice(0, 5);
  return {
    title: `${outcomes.length} files, broken and hostile ones among them, in one engine: ${right} right, at most ${rounded(peakMb)} MB`,
    head: ['the slowest', 'ms', 'what came of it'],
    rows: slowest.map(({ file, ms, volumeMm3, code, fault }) => [
      file.split('/').slice(-2).join('/'),
      rounded(ms),
      code ?? fault ?? `${volumeMm3} mm³`,
    ]),
    notes: [`the worst took ${rounded(worstMs)} ms`, ...wrong],
  };
}
