import { fuzz } from './fuzz.ts';

const help = `Usage: npm run fuzz -- [inputs] [first seed]

Mutated STL, OBJ, PLY and 3MF files through the readers and the measuring: each must come to a volume or a coded refusal.
Default 100,000 inputs from seed 1. Exit code 1 when one did not.
`;

const asked = process.argv.slice(2);
if (asked.includes('--help') || asked.includes('-h')) {
  process.stdout.write(help);
  process.exit();
}
const wrong = asked.find((text) => !/^[1-9]\d{0,8}$/.test(text));
if (wrong !== undefined) {
  process.stderr.write(`expected a whole number from 1, got ${wrong}\n\n${help}`);
  process.exit(2);
}
const [inputs = 100_000, first = 1] = asked.map(Number);
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
