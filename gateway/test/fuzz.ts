import { parseArgs } from 'node:util';
import { plannerNames } from '../src/planner/planner.ts';
import { compare, printDifference } from './differential.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    operations: { type: 'string', default: '20' },
  },
});
const wanted = Number(values.cases);
let seed = Number(values.seed);
let cases = 0;
let different = 0;
let supergraphs = 0;
for (; cases < wanted; seed++) {
  const compared = await compare(seed, Number(values.operations), plannerNames);
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
