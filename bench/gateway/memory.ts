import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Report } from '../src/bench.ts';
import { runToEnd } from '../src/child.ts';
import { wholeNumber } from '../src/flags.ts';
import { residentMb } from '../src/process-stat.ts';
import { say } from '../src/progress.ts';
import { spread } from '../src/statistics.ts';
import { chosenOf, contestants, startSubgraphs } from './contestants.ts';
import { distinct } from './graph.ts';

const SAMPLE_EVERY_MS = 5_000;

export const bench: Bench = {
  summary: 'memory of gateways that are asked many different operations for a long time',
  usage: [
    '--minutes N      for each gateway, one after another; default 10',
    '--operations N   different documents, in random order; default 10000',
    '--connections N  default 64',
    `--only LIST      default ours-hive,apollo; of ${Object.keys(contestants).join(', ')}`,
  ].join('\n'),
  programs: ['wrk'],
  peers: true,
  run,
};

/** Any of so many documents, at random; one of them is `small` nine times out of ten, as clients are. */
const script = (operations: number) => `
math.randomseed(os.time())
local nested = [==[${JSON.stringify({ query: distinct('nested', 'cXXX') })}]==]
local small = [==[${JSON.stringify({ query: distinct('small', 'cXXX') })}]==]
function request()
  local body = math.random(10) == 1 and nested or small
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, (body:gsub("XXX", math.random(${operations}), 1)))
end
function done(summary)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"failures":%d}\\n', summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({
    args: argv,
    options: {
      minutes: { type: 'string', default: '10' },
      operations: { type: 'string', default: '10000' },
      connections: { type: 'string', default: '64' },
      only: { type: 'string', default: 'ours-hive,apollo' },
    },
  });
  const minutes = wholeNumber('minutes', values.minutes, 1, 1_440);
  const operations = wholeNumber('operations', values.operations, 1, 10_000_000);
  const connections = wholeNumber('connections', values.connections, 1, 10_000);

  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const lua = join(folder, 'operations.lua');
  writeFileSync(lua, script(operations));
  const supergraph = join(folder, 'supergraph.graphql');
  const subgraphs = stack.use(await startSubgraphs(supergraph));
  const behind = { supergraph, urls: JSON.stringify(subgraphs.ready) };

  const measured: { name: string; what: string; samplesMb: number[]; requests: number; failures: number }[] =
    [];
  for (const name of chosenOf(values.only)) {
    const { what, start } = contestants[name]!;
    say(`${what}: ${minutes} minutes`);
    const { server, url } = await start(behind, undefined);
    await using running = server;
    const samplesMb = [await residentMb(running.pid)];
    const sampling = setInterval(() => {
      residentMb(running.pid).then(
        (mb) => samplesMb.push(mb),
        (error: unknown) => say(`${what} has ended: ${String(error)}`),
      );
    }, SAMPLE_EVERY_MS);
    try {
      const args = ['-t1', `-c${connections}`, `-d${minutes}m`, '--timeout', '10s', '-s', lua, url];
      const { output } = await runToEnd('wrk', args);
      const line = /^RESULT (.*)$/m.exec(output)?.[1];
      if (!line) throw new Error(`wrk ${args.join(' ')}:\n${output}`);
      measured.push({ name, what, samplesMb, ...JSON.parse(line) });
    } finally {
      clearInterval(sampling);
    }
  }
  return {
    tables: [
      {
        title: `${operations} documents at random for ${minutes} minutes, ${connections} connections: MB resident`,
        head: [
          'gateway',
          'at rest',
          ...tenths.map((tenth) => `${tenth * 10} %`),
          'last half',
          'requests',
          'failed',
        ],
        rows: measured.map(({ what, samplesMb, requests, failures }) => [
          what,
          samplesMb[0]!,
          ...tenths.map((tenth) => samplesMb[Math.floor(((samplesMb.length - 1) * tenth) / 10)]!),
          spread(samplesMb.slice(samplesMb.length / 2)),
          requests,
          failures,
        ]),
        notes: ['the columns of percents are moments of the run'],
      },
    ],
    figures: { minutes, operations, connections, gateways: measured },
  };
}

const tenths = [1, 2, 4, 6, 8, 10];
