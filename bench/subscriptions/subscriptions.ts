import { parseArgs } from 'node:util';
import { type Bench, BenchRefused, type Report } from '../src/bench.ts';
import { wholeNumber } from '../src/flags.ts';
import { runBursts } from './bursts.ts';
import { runComingBack } from './coming-back.ts';
import { chosenOf, contestants, MAX_SOCKETS } from './contestants.ts';
import { runIdle } from './idle.ts';
import { Source } from './source-process.ts';

export const bench: Bench = {
  summary:
    'events with an entity of a second subgraph to many sockets, beside raw ws, graphql-ws, Hive, Mercurius',
  usage: [
    '--clients N      sockets, each with an operation id of its own; default 1000',
    '--burst N        events right after another; default 20',
    '--rounds N       bursts for each, in turn; default 5',
    '--passes N       how often each contestant is started and has its rounds; default 1',
    `--only LIST      of ${Object.keys(contestants).join(', ')}`,
    '--idle N         instead: N clients, and one event to all; with --rounds and --only (default raw,ours)',
    '--coming-back N  instead: N clients of ours that are dropped and come back with their cursors',
  ].join('\n'),
  programs: ['nats-server'],
  peers: true,
  run,
};

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({
    args: argv,
    options: {
      clients: { type: 'string', default: '1000' },
      burst: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '5' },
      passes: { type: 'string', default: '1' },
      only: { type: 'string' },
      idle: { type: 'string' },
      'coming-back': { type: 'string' },
    },
  });
  const { idle, 'coming-back': comingBack, only } = values;
  if (idle !== undefined && comingBack !== undefined)
    throw new BenchRefused('expected one of --idle and --coming-back');
  const sockets = (flag: string, text: string) => wholeNumber(flag, text, 1, MAX_SOCKETS);
  const rounds = wholeNumber('rounds', values.rounds, 1, 1_000);
  if (idle !== undefined) {
    const shape = { chosen: chosenOf(only ?? 'raw,ours'), count: sockets('idle', idle), rounds };
    await using source = await Source.start();
    return await runIdle(source, shape);
  }
  if (comingBack !== undefined) {
    const count = sockets('coming-back', comingBack);
    await using source = await Source.start();
    return await runComingBack(source, { count });
  }
  const shape = {
    chosen: chosenOf(only ?? Object.keys(contestants).join(',')),
    count: sockets('clients', values.clients),
    burst: wholeNumber('burst', values.burst, 1, 10_000),
    rounds,
    passes: wholeNumber('passes', values.passes, 1, 100),
  };
  await using source = await Source.start();
  return await runBursts(source, shape);
}
