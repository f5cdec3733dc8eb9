import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';

const help = `Usage: npm run e2e:chaos -- [--orders 300] [--kills 30] [--seed <number>] [--rounds 1]

Orders of both channels on start:full while every process of it is killed with -9 or frozen, and messages come twice and
late. Afterwards every order must be where its script leads, priced once, with a legal history without a hole, in all
three databases. Prints a report as JSON for each round; exit code 1 when something was wrong.

  --orders   in each round
  --kills    in each round, every process in turn
  --seed     of the first round; the next ones count on. Default: drawn, and printed
  --rounds   0 goes on until Ctrl-C
`;

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '300' },
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    rounds: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  process.stdout.write(help);
} else {
  const [orders, kills, seed, rounds] = [
    wholeNumber('orders', 1),
    wholeNumber('kills', 0),
    wholeNumber('seed', 0),
    wholeNumber('rounds', 0),
  ] as const;
  for (let round = 0; rounds === 0 || round < rounds; round++) {
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await runChaos({ orders, kills, seed: seed + round, say });
    process.stdout.write(`${JSON.stringify({ seed: seed + round, ...report }, null, 2)}\n`);
    if (report.wrongs.length > 0) process.exitCode = 1;
  }
}

function wholeNumber(name: 'orders' | 'kills' | 'seed' | 'rounds', lowest: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= lowest) return value;
  process.stderr.write(`--${name}: expected a whole number from ${lowest}, got ${values[name]}\n\n${help}`);
  process.exit(2);
}
