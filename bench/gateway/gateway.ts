import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { type Bench, BenchRefused, type Report, type Table } from '../src/bench.ts';
import { type Server, type ServerOptions, startServer } from '../src/child.ts';
import { wholeNumber } from '../src/flags.ts';
import { processorMs, residentMb, settled } from '../src/process-stat.ts';
import { say } from '../src/progress.ts';
import { median, rounded, spread, timed } from '../src/statistics.ts';
import { type OperationName, operations, reference } from './graph.ts';
import { type Load, load } from './wrk.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = (file: string) => join(import.meta.dirname, file);
const COLD_OPERATIONS = 15;

/** The platform's parts that a contestant is told of. */
interface Behind {
  supergraph: string;
  /** The subgraphs' URLs, as JSON. */
  urls: string;
}

/** `profile`: where the process is to write its CPU profile, if anywhere. */
type Start = (behind: Behind, profile: string | undefined) => Promise<{ server: Server; url: string }>;

const contestants: Readonly<Record<string, { what: string; start: Start }>> = {
  ours: { what: 'ours, Apollo planner', start: ours('apollo', 'off') },
  'ours-shared': { what: 'ours, Apollo planner, sharing', start: ours('apollo', 'on') },
  'ours-hive': { what: 'ours, Hive planner', start: ours('hive', 'off') },
  'ours-hive-shared': { what: 'ours, Hive planner, sharing', start: ours('hive', 'on') },
  bff16: { what: 'BFF by hand, 16 fetches', start: peer('bff.ts', ({ urls }) => ['16', urls]) },
  'bff-once': { what: 'BFF by hand, each entity once', start: peer('bff.ts', ({ urls }) => ['once', urls]) },
  apollo: { what: 'vanilla Apollo', start: peer('peers/apollo.ts', ({ supergraph }) => [supergraph]) },
  'hive-js': {
    what: 'Hive Gateway, JS planner',
    start: peer('peers/hive.ts', ({ supergraph }) => ['js', 'off', supergraph]),
  },
  'hive-js-shared': {
    what: 'Hive Gateway, JS planner, sharing (its default)',
    start: peer('peers/hive.ts', ({ supergraph }) => ['js', 'on', supergraph]),
  },
  'hive-rust': {
    what: 'Hive Gateway, Rust planner',
    start: peer('peers/hive.ts', ({ supergraph }) => ['rust', 'off', supergraph]),
  },
  'hive-rust-shared': {
    what: 'Hive Gateway, Rust planner, sharing (its default)',
    start: peer('peers/hive.ts', ({ supergraph }) => ['rust', 'on', supergraph]),
  },
  mercurius: { what: 'Mercurius', start: peer('peers/mercurius.ts', ({ urls }) => [urls]) },
};

export const bench: Bench = {
  summary: 'a nested federated query and a small one, beside Apollo, Hive, Mercurius and code by hand',
  usage: [
    '--rounds N       in turn; default 3',
    '--seconds N      of load for each, each round; default 5',
    '--connections N  default 64',
    `--only LIST      of ${Object.keys(contestants).join(', ')}`,
    '--profile        every gateway also writes a CPU profile of the whole run to .data/bench/<name>.cpuprofile',
  ].join('\n'),
  programs: ['wrk'],
  peers: true,
  run,
};

function peer(script: string, args: (behind: Behind) => string[]): Start {
  return async (behind, profile) => {
    const server = await startServer(here(script), args(behind), processOptions(profile));
    return { server, url: server.ready.url! };
  };
}

function ours(planner: 'apollo' | 'hive', share: 'on' | 'off'): Start {
  return async ({ supergraph }, profile) => {
    const port = await freePort();
    const flags = ['--supergraph', supergraph, '--port', String(port), '--log-level', 'warn'];
    const server = await startServer(
      join(root, 'gateway/src/main.ts'),
      [...flags, '--planner', planner, '--share-fetches', share],
      { ...processOptions(profile), isReady: () => answers(`http://127.0.0.1:${port}/health/ready`) },
    );
    return { server, url: `http://127.0.0.1:${port}/graphql` };
  };
}

const production = { NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1' };

function processOptions(profile: string | undefined): ServerOptions {
  if (profile === undefined) return { env: production };
  return { env: { ...production, BENCH_PROFILE: profile }, node: ['--import', here('profile.ts')] };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch (error) {
    // Nobody listens yet; anything else would be told at the deadline, with what the process said.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}

interface Measured {
  name: string;
  what: string;
  server: Server;
  url: string;
  loads: Record<OperationName, (Load & { cpuMs: number })[]>;
  coldMs: number[];
  memoryMb: { atRest: number; after: number };
}

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({
    args: argv,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      only: { type: 'string', default: Object.keys(contestants).join(',') },
      profile: { type: 'boolean', default: false },
    },
  });
  const rounds = wholeNumber('rounds', values.rounds, 1, 100);
  const seconds = wholeNumber('seconds', values.seconds, 1, 3_600);
  const connections = wholeNumber('connections', values.connections, 1, 10_000);
  const chosen = values.only.split(',');
  for (const name of chosen)
    if (!contestants[name]) throw new BenchRefused(`--only: expected names of contestants, got "${name}"`);

  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bench-gateway-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const supergraph = join(folder, 'supergraph.graphql');
  const subgraphs = stack.use(await startServer(here('subgraphs.ts'), [supergraph], { env: production }));
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
    for (const name of names) await load(folder, url, bodyOf(name), { connections, seconds: 3 });
    await settled(server.pid);
  }
  for (const contestant of field) await measureCold(contestant);
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

/** Operations that nobody has seen, one after another, to a process that has worked for a while. */
async function measureCold({ coldMs, url }: Measured): Promise<void> {
  for (let i = 0; i < COLD_OPERATIONS; i++) {
    const query = operations.nested.replace('topProducts {', `top${i}: topProducts {`);
    coldMs.push((await timed(() => post(url, JSON.stringify({ query })))).ms);
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
    title: 'an operation never seen before, and memory',
    head: ['gateway', 'cold ms (median)', 'MB at rest', 'MB after the load'],
    rows: field.map(({ what, coldMs, memoryMb: { atRest, after } }) => [
      what,
      rounded(median(coldMs)),
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
            memoryMb: measured.memoryMb,
          },
        ]),
      ),
    },
  };
}
