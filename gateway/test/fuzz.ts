import { parseArgs } from 'node:util';
import { plannerNames } from '../src/planner/planner.ts';
import { compare, printDifference } from './differential.ts';

const help = `Usage: npm run fuzz:gateway -- [--cases 1000] [--seed 1] [--operations 20]

Random supergraphs and operations, planned by both planners and run, against one schema that resolves everything. Prints
what differs; exit code 1 when something does.

  --cases        operations in all
  --seed         of the first supergraph; the next ones count on
  --operations   of each supergraph
`;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    operations: { type: 'string', default: '20' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit();
}
const wanted = wholeNumber('cases');
const operations = wholeNumber('operations');
let seed = wholeNumber('seed');
let cases = 0;
let different = 0;
let supergraphs = 0;
for (; cases < wanted; seed++) {
  const compared = await compare(seed, operations, plannerNames);
  if (!compared) continue;
  supergraphs++;
  cases += compared.cases;
  different += compared.differences.length;
  for (const difference of compared.differences) console.log(`${printDifference(difference)}\n`);
}
console.log(
  `${cases} cases over ${supergraphs} supergraphs, seeds ${values.seed} to ${seed - 1}: ${different} different`,
);
process.exitCode = different > 0 ? 1 : 0;

function wholeNumber(name: 'cases' | 'seed' | 'operations'): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  process.stderr.write(`--${name}: expected a whole number from 1, got ${values[name]}\n\n${help}`);
  process.exit(2);
}
