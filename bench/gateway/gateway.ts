import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import type { Bench, Report, Table } from '../src/bench.ts';
import type { Server } from '../src/child.ts';
import { wholeNumber } from '../src/flags.ts';
import { processorMs, residentMb, settled } from '../src/process-stat.ts';
import { say } from '../src/progress.ts';
import { median, rounded, spread, timed } from '../src/statistics.ts';
import { chosenOf, contestants, startSubgraphs } from './contestants.ts';
import { distinct, type OperationName, operations, reference } from './graph.ts';
import { type Load, load } from './wrk.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const WARM_UP_SECONDS = 8; // the optimising compilers of V8 have done most of their work by then

export const bench: Bench = {
  summary: 'a nested federated query and a small one, beside Apollo, Hive, Mercurius and code by hand',
  usage: [
    '--rounds N       in turn; default 3',
    '--seconds N      of load for each, each round; default 5',
    '--connections N  default 64',
    '--cold N         operations never seen before, one after another; default 100',
    `--only LIST      of ${Object.keys(contestants).join(', ')}`,
    '--profile        every gateway also writes a CPU profile of the whole run to .data/bench/<name>.cpuprofile',
  ].join('\n'),
  programs: ['wrk'],
  peers: true,
  run,
};

interface Measured {
  name: string;
  what: string;
  server: Server;
  url: string;
  loads: Record<OperationName, (Load & { cpuMs: number })[]>;
  coldMs: number[];
  knownMs: number[];
  memoryMb: { atRest: number; after: number };
}

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({
    args: argv,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      cold: { type: 'string', default: '100' },
      only: { type: 'string', default: Object.keys(contestants).join(',') },
      profile: { type: 'boolean', default: false },
    },
  });
  const rounds = wholeNumber('rounds', values.rounds, 1, 100);
  const seconds = wholeNumber('seconds', values.seconds, 1, 3_600);
  const connections = wholeNumber('connections', values.connections, 1, 10_000);
  const cold = wholeNumber('cold', values.cold, 1, 10_000);
  const chosen = chosenOf(values.only);

  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bench-gateway-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const supergraph = join(folder, 'supergraph.graphql');
  const subgraphs = stack.use(await startSubgraphs(supergraph));
  const behind = { supergraph, urls: JSON.stringify(subgraphs.ready) };

  const field: Measured[] = [];
  for (const name of chosen) {
    const { what, start } = contestants[name]!;
    say(`starting ${what}`);
    const { server, url } = await start(
      behind,
      values.profile ? join(root, '.data', 'bench', `${name}.cpuprofile`) : undefined,
    );
    stack.use(server);
    const atRest = await residentMb(server.pid);
    const measured: Measured = {
      name,
      what,
      server,
      url,
      loads: { nested: [], small: [] },
      coldMs: [],
      knownMs: [],
      memoryMb: { atRest, after: 0 },
    };
    field.push(measured);
  }
  for (const contestant of field) await checkAnswers(contestant);
  say('the answers are equal to those of one schema that resolves everything itself');

  const names = Object.keys(operations) as OperationName[];
  const each = { connections, seconds };
  for (const { what, url, server } of field) {
    say(`warming up ${what}`);
    for (const name of names)
      await load(folder, url, bodyOf(name), { connections, seconds: WARM_UP_SECONDS });
    await settled(server.pid);
  }
  for (const contestant of field) await measureCold(contestant, cold);
  for (let round = 1; round <= rounds; round++)
    for (const name of names)
      for (const { what, url, loads, server } of field) {
        const before = await processorMs(server.pid);
        const result = await load(folder, url, bodyOf(name), each);
        const cpuMs = ((await processorMs(server.pid)) - before) / result.requests;
        loads[name].push({ ...result, cpuMs });
        say(`round ${round} of ${rounds}, ${name}, ${what}: ${rounded(result.requestsPerSecond)} a second`);
        await settled(server.pid);
      }
  for (const contestant of field) contestant.memoryMb.after = await residentMb(contestant.server.pid);
  const ceiling = await load(folder, subgraphs.ready.products!, bodyOf('small'), each);
  return report(field, { rounds, seconds, connections, subgraphs: ceiling.requestsPerSecond });
}

function bodyOf(name: OperationName): string {
  return JSON.stringify({ query: operations[name] });
}

async function post(url: string, body: string): Promise<{ data?: unknown; errors?: unknown }> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  return (await response.json()) as { data?: unknown; errors?: unknown };
}

async function checkAnswers({ what, url }: Measured): Promise<void> {
  for (const name of Object.keys(operations) as OperationName[]) {
    const answer = await post(url, bodyOf(name));
    const right = JSON.parse(JSON.stringify(await reference(name)));
    if (answer.errors !== undefined || !isDeepStrictEqual(answer.data, right.data))
      throw new Error(`${what} answers ${name} wrongly:\n${JSON.stringify(answer).slice(0, 2_000)}`);
  }
}

/**
 * Operations that nobody has seen, one after another, to a process that has worked for a while. They differ in what is not
 * asked of subgraphs, so that these are not measured too. Behind them the one that everybody knows by now, just as alone:
 * what is left of a new one when nothing is to be planned.
 */
async function measureCold({ coldMs, knownMs, url }: Measured, operations: number): Promise<void> {
  for (let i = 0; i < operations; i++) {
    const query = distinct('nested', `cold${i}`);
    coldMs.push((await timed(() => post(url, JSON.stringify({ query })))).ms);
  }
  for (let i = 0; i < operations; i++) {
    knownMs.push((await timed(() => post(url, bodyOf('nested')))).ms);
  }
}

function report(
  field: readonly Measured[],
  how: { rounds: number; seconds: number; connections: number; subgraphs: number },
): Report {
  const rates = (measured: Measured, name: OperationName) =>
    measured.loads[name].map(({ requestsPerSecond }) => requestsPerSecond);
  const rate = (measured: Measured, name: OperationName) => median(rates(measured, name));
  const bff = field.find(({ name }) => name === 'bff16');
  const apollo = field.find(({ name }) => name === 'apollo');
  const cpu = (measured: Measured, name: OperationName) =>
    median(measured.loads[name].map(({ cpuMs }) => cpuMs));
  const ratio = (measured: Measured, to: Measured | undefined, name: OperationName) =>
    to ? rounded(rate(measured, name) / rate(to, name)) : '–';

  const tables = (Object.keys(operations) as OperationName[]).map(
    (name): Table => ({
      title: `${name}: ${how.connections} connections, medians of ${how.rounds} rounds of ${how.seconds} s`,
      head: [
        'gateway',
        'a second',
        '÷ BFF of 16',
        '÷ Apollo',
        'CPU ms each',
        'p50 ms',
        'p99 ms',
        'failed',
        'lowest – highest',
      ],
      rows: field.map((measured) => {
        const loads = measured.loads[name];
        return [
          measured.what,
          rounded(rate(measured, name)),
          ratio(measured, bff, name),
          ratio(measured, apollo, name),
          rounded(cpu(measured, name)),
          rounded(median(loads.map(({ p50Ms }) => p50Ms))),
          rounded(median(loads.map(({ p99Ms }) => p99Ms))),
          loads.reduce((sum, { failures }) => sum + failures, 0),
          spread(rates(measured, name)),
        ];
      }),
      notes: [
        'CPU ms each: processor time of the gateway per finished request; moved least by others on the machine',
      ],
    }),
  );
  tables.push({
    title: 'one nested request alone, of an operation never seen before and of a known one; memory',
    head: ['gateway', 'new, ms (median)', 'known, ms (median)', 'MB at rest', 'MB after the load'],
    rows: field.map(({ what, coldMs, knownMs, memoryMb: { atRest, after } }) => [
      what,
      rounded(median(coldMs)),
      rounded(median(knownMs)),
      atRest,
      after,
    ]),
    notes: [
      `the subgraphs' process, asked directly: ${rounded(how.subgraphs)} a second; sixteen fetches are at most ${rounded(how.subgraphs / 16)}`,
    ],
  });
  return {
    tables,
    figures: {
      rounds: how.rounds,
      seconds: how.seconds,
      connections: how.connections,
      subgraphsPerSecond: rounded(how.subgraphs),
      gateways: Object.fromEntries(
        field.map((measured) => [
          measured.name,
          {
            ...Object.fromEntries(
              (Object.keys(operations) as OperationName[]).map((name) => [
                name,
                {
                  requestsPerSecond: rounded(rate(measured, name)),
                  toBff16: ratio(measured, bff, name),
                  toApollo: ratio(measured, apollo, name),
                  cpuMs: rounded(cpu(measured, name)),
                  p50Ms: rounded(median(measured.loads[name].map(({ p50Ms }) => p50Ms))),
                  p99Ms: rounded(median(measured.loads[name].map(({ p99Ms }) => p99Ms))),
                  failures: measured.loads[name].reduce((sum, { failures }) => sum + failures, 0),
                },
              ]),
            ),
            coldMs: rounded(median(measured.coldMs)),
            knownMs: rounded(median(measured.knownMs)),
            memoryMb: measured.memoryMb,
          },
        ]),
      ),
    },
  };
}
