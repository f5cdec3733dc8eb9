/** `npm run chaos:gateway`: what subscribers are given while everything around them is killed. */
import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';

const help = `Usage: npm run chaos:gateway -- [--clients 1000] [--rounds 1] [--rate 50] [--seed <number>]

Clients of graphql-ws that know two gateways, each with a cursor, while in each round both gateways, the broker and the
subgraph are killed with -9, in turn, then one gateway together with broker or subgraph, and what they listen to changes
all the time. Prints a report as JSON; exit code 1 when anything was lost without a word, or came twice.

  --clients   over 25 to a subject; and a tenth as many durable subscribers, who keep no cursor but acknowledge
  --rate      changes a second
  --seed      Default: drawn, and printed
`;

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '1' },
    rate: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) process.stdout.write(help);
else {
  const number = (name: 'clients' | 'rounds' | 'rate' | 'seed') => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 1) return value;
    process.stderr.write(`--${name}: expected a whole number from 1, got ${values[name]}\n\n${help}`);
    process.exit(2);
  };
  const seed = number('seed');
  process.stderr.write(`seed ${seed}\n`);
  const report = await runChaos({
    clients: number('clients'),
    rounds: number('rounds'),
    rate: number('rate'),
    seed,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify({ seed, ...report }, null, 2)}\n`);
  process.exit(report.wrongs.length > 0 ? 1 : 0);
}
