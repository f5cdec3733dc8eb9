/** Measures every file named on its standard input, a line each, in one engine's pool; what came of them is JSON. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { defaultLimits } from '@alexandrite/pricing-engine/limits';
import { Pool } from '@alexandrite/pricing-engine/worker/pool';
import { timed } from '../src/statistics.ts';
import type { Hostility, Outcome } from './hostile.ts';

const files = (await text(process.stdin)).split('\n').filter((line) => line !== '');
await using pool = new Pool({ size: 1, limits: defaultLimits });

async function outcomeOf(file: string): Promise<Outcome> {
  const bytes = new Uint8Array(await readFile(file));
  const { ms, value } = await timed(async () => {
    try {
      return { volumeMm3: (await pool.run(bytes)).features.volumeMm3 };
    } catch (error) {
      const isRefusal = error instanceof Error && error.name === 'Refusal' && 'code' in error;
      return isRefusal ? { code: String(error.code) } : { fault: String(error) };
    }
  });
  return { file, ms, ...value };
}

const outcomes: Outcome[] = [];
for (const file of files) outcomes.push(await outcomeOf(file));
const found: Hostility = { outcomes, peakMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(`\nOUTCOMES ${JSON.stringify(found)}\n`);
