import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../../e2e/harness/free-port.ts';
import { startNats } from '../../e2e/harness/servers.ts';
import { answers } from '../src/answers.ts';
import { type Bench, BenchRefused, type Report } from '../src/bench.ts';
import { type Server, startServer } from '../src/child.ts';
import { wholeNumber } from '../src/flags.ts';
import { processorMs, residentMb, settled } from '../src/process-stat.ts';
import { say } from '../src/progress.ts';
import { median, rounded, spread } from '../src/statistics.ts';
import { Clients } from './clients-process.ts';

const here = (file: string) => join(import.meta.dirname, file);
const gateway = fileURLToPath(new URL('../../gateway/src/main.ts', import.meta.url));
const production = { NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1' };
const WARM_WITHIN_MS = 30_000;

/** What a contestant is told of. */
interface Behind {
  folder: string;
  natsUrl: string;
  ticks: string;
  products: string;
}

type Start = (behind: Behind) => Promise<{ server: Server; url: string }>;

const contestants: Readonly<Record<string, { what: string; start: Start }>> = {
  raw: { what: 'raw ws, one string to all', start: script('servers/raw.ts', ({ ticks }) => [ticks]) },
  'graphql-ws': {
    what: 'graphql-ws, no federation',
    start: script('servers/graphql-ws.ts', ({ ticks }) => [ticks]),
  },
  ours: { what: 'ours', start: ours('events.graphql') },
  'ours-sse': { what: "ours, subgraph's own subscription, SSE", start: ours('subgraphs.graphql') },
  'ours-ws': {
    what: "ours, subgraph's own subscription, socket",
    start: ours('subgraphs.graphql', { overrides: { ticks: { subscriptions: { protocol: 'ws' } } } }),
  },
  'hive-rust': {
    what: 'Hive Gateway, Rust planner',
    start: script('peers/hive.ts', ({ folder }) => ['rust', join(folder, 'subgraphs.graphql')]),
  },
  'hive-js': {
    what: 'Hive Gateway, JS planner',
    start: script('peers/hive.ts', ({ folder }) => ['js', join(folder, 'subgraphs.graphql')]),
  },
  mercurius: {
    what: 'Mercurius',
    start: script('peers/mercurius.ts', ({ ticks, products }) => [ticks, products]),
  },
};

export const bench: Bench = {
  summary:
    'events with an entity of a second subgraph to many sockets, beside raw ws, graphql-ws, Hive, Mercurius',
  usage: [
    '--clients N      sockets, each with an operation id of its own; default 1000',
    '--burst N        events right after another; default 20',
    '--rounds N       bursts for each, in turn; default 5',
    `--only LIST      of ${Object.keys(contestants).join(', ')}`,
  ].join('\n'),
  programs: ['nats-server'],
  peers: true,
  run,
};

function script(file: string, args: (behind: Behind) => string[]): Start {
  return async (behind) => {
    const server = await startServer(here(file), args(behind), { env: production });
    return { server, url: server.ready.url! };
  };
}

/** `supergraph` says where the events come from. */
function ours(supergraph: string, subgraphs: object = {}): Start {
  return async ({ folder, natsUrl }) => {
    const port = await freePort();
    const config = join(folder, `ours-${port}.json`);
    await writeFile(
      config,
      JSON.stringify({ supergraph: join(folder, supergraph), port, logLevel: 'warn', subgraphs }),
    );
    return serve(port, ['--config', config], natsUrl);
  };
}

async function serve(
  port: number,
  flags: readonly string[],
  natsUrl: string,
): Promise<{ server: Server; url: string }> {
  const server = await startServer(gateway, flags, {
    env: { ...production, NATS_URL: natsUrl },
    isReady: () => answers(`http://127.0.0.1:${port}/health/ready`),
  });
  return { server, url: `http://127.0.0.1:${port}/graphql` };
}

interface Measured {
  what: string;
  perSecond: number[];
  cpuUs: number[];
  fetchesPerEvent: number[];
  kbPerConnection: number;
  lost: number;
}

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({
    args: argv,
    options: {
      clients: { type: 'string', default: '1000' },
      burst: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string', default: Object.keys(contestants).join(',') },
    },
  });
  const count = wholeNumber('clients', values.clients, 1, 19_000);
  const burst = wholeNumber('burst', values.burst, 1, 10_000);
  const rounds = wholeNumber('rounds', values.rounds, 1, 1_000);
  const chosen = values.only.split(',');
  for (const name of chosen)
    if (!contestants[name]) throw new BenchRefused(`--only: expected names of contestants, got "${name}"`);

  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bench-subscriptions-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const nats = stack.use(await startNats());
  const source = stack.use(await startServer(here('source.ts'), [folder, nats.url], { env: production }));
  const { ticks, products, control } = source.ready as Record<'ticks' | 'products' | 'control', string>;

  let serial = 0;
  const emit = async (events: number) => {
    const first = serial + 1;
    serial += events;
    const answer = await fetch(`${control}?first=${first}&count=${events}`, { method: 'POST' });
    return ((await answer.json()) as { fetches: number }).fetches;
  };

  const field: Record<string, Measured> = {};
  // One after another: the sockets of one would be the memory and the time of all.
  for (const name of chosen) {
    const { what, start } = contestants[name]!;
    say(`${what}: ${count} clients`);
    await using started = new AsyncDisposableStack();
    const { server, url } = await start({ folder, natsUrl: nats.url, ticks, products });
    started.use(server);
    const atRestMb = await residentMb(server.pid);
    const clients = started.use(await Clients.connect(url, count));
    await warmUp(clients, emit, () => serial);
    const connectedMb = await residentMb(server.pid);
    const measured: Measured = {
      what,
      perSecond: [],
      cpuUs: [],
      fetchesPerEvent: [],
      kbPerConnection: rounded(((connectedMb - atRestMb) * 1_024) / count),
      lost: 0,
    };
    let fetchesBefore = await emit(0);
    for (let round = 1; round <= rounds; round++) {
      await settled(server.pid);
      const cpuBefore = await processorMs(server.pid);
      const began = Date.now();
      const [, arrived] = await Promise.all([emit(burst), clients.allHave(serial)]);
      const deliveries = count * burst;
      measured.perSecond.push(deliveries / ((arrived.atMs - began) / 1_000));
      measured.lost += deliveries - arrived.messages;
      measured.cpuUs.push((((await processorMs(server.pid)) - cpuBefore) * 1_000) / deliveries);
      const fetches = await emit(0);
      measured.fetchesPerEvent.push((fetches - fetchesBefore) / burst);
      fetchesBefore = fetches;
      say(`round ${round} of ${rounds}, ${what}: ${rounded(measured.perSecond.at(-1)!)} a second`);
    }
    field[name] = measured;
  }
  return report(field, { count, burst, rounds });
}

/** Subscribing is not confirmed: events are sent until all have had one. */
async function warmUp(
  clients: Clients,
  emit: (events: number) => Promise<number>,
  serial: () => number,
): Promise<void> {
  const deadline = Date.now() + WARM_WITHIN_MS;
  const first = serial() + 1;
  const all = clients.allHave(first);
  let warm = false;
  const done = all.then(() => {
    warm = true;
  });
  while (!warm) {
    if (Date.now() > deadline) throw new Error('some clients have had no event');
    await emit(1);
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 500))]);
  }
  await done;
  await clients.allHave(serial());
}

function report(
  field: Readonly<Record<string, Measured>>,
  how: { count: number; burst: number; rounds: number },
): Report {
  const raw = field.raw && median(field.raw.perSecond);
  const rust = field['hive-rust'] && median(field['hive-rust'].perSecond);
  const ratio = (value: number, to: number | undefined) => (to ? rounded(value / to) : '–');
  const rows = Object.values(field).map((measured) => {
    const perSecond = median(measured.perSecond);
    return [
      measured.what,
      rounded(perSecond),
      ratio(perSecond, raw),
      ratio(perSecond, rust),
      rounded(median(measured.cpuUs)),
      rounded(median(measured.fetchesPerEvent)),
      measured.kbPerConnection,
      measured.lost,
      spread(measured.perSecond),
    ];
  });
  return {
    tables: [
      {
        title: `${how.count} clients, ${how.rounds} bursts of ${how.burst} events: deliveries`,
        head: [
          'server',
          'a second',
          '÷ raw',
          '÷ Hive Rust',
          'CPU µs each',
          'fetches an event',
          'KB a client',
          'lost',
          'lowest – highest',
        ],
        rows,
        notes: [
          'a second: until the last client has had the last event of a burst',
          'KB a client: resident memory with all subscribed and one event delivered, less at rest',
        ],
      },
    ],
    figures: { ...how, servers: field },
  };
}
