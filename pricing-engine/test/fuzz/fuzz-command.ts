/** `npm run fuzz -- [inputs] [first seed]`: mutated valid files through the readers and the measuring; default 100,000. */
import { fuzz } from './fuzz.ts';

const inputs = Number(process.argv[2] ?? 100_000);
const first = Number(process.argv[3] ?? 1);
const portion = 5_000;
const codes: Record<string, number> = {};
let failures = 0;
for (let from = first; from < first + inputs; from += portion) {
  const found = await fuzz(from, Math.min(from + portion, first + inputs));
  for (const [code, times] of Object.entries(found.codes)) codes[code] = (codes[code] ?? 0) + times;
  failures += found.failures.length;
  process.stdout.write(
    `seeds ${from} to ${from + found.inputs - 1}: slowest ${Math.round(found.slowestMs)} ms (seed ${found.slowestSeed}), memory grown by ${Math.round(found.grownMb)} MB, failures ${found.failures.length}\n`,
  );
  for (const { seed, reason } of found.failures) process.stdout.write(`seed ${seed}: ${reason}\n`);
}
process.stdout.write(`${JSON.stringify(codes, null, 2)}\n`);
process.exitCode = failures > 0 ? 1 : 0;
