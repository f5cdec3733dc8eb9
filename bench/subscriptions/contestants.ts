import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../e2e/harness/free-port.ts';
import { answers } from '../src/answers.ts';
import { BenchRefused } from '../src/bench.ts';
import { type Server, startServer } from '../src/child.ts';
import { production } from './source-process.ts';

const here = (file: string) => join(import.meta.dirname, file);
/** A process may open 20,000 descriptors where this is measured; some are for other things. */
export const MAX_SOCKETS = 19_700;
const gateway = fileURLToPath(new URL('../../gateway/src/main.ts', import.meta.url));

/** What a contestant is told of. */
export interface Behind {
  folder: string;
  natsUrl: string;
  ticks: string;
  products: string;
}

export type Start = (behind: Behind) => Promise<{ server: Server; url: string }>;

export const contestants: Readonly<Record<string, { what: string; start: Start }>> = {
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

/** The names of a list with commas. Throws `BenchRefused` when one is not among them. */
export function chosenOf(list: string): string[] {
  const names = list.split(',');
  for (const name of names)
    if (!contestants[name]) throw new BenchRefused(`--only: expected names of contestants, got "${name}"`);
  return names;
}

function script(file: string, args: (behind: Behind) => string[]): Start {
  return async (behind) => {
    const server = await startServer(here(file), args(behind), { env: production });
    return { server, url: server.ready.url! };
  };
}

/** `supergraph` says where the events come from. */
export function ours(supergraph: string, subgraphs: object = {}, subscriptions: object = {}): Start {
  return async ({ folder, natsUrl }) => {
    const port = await freePort();
    const config = join(folder, `ours-${port}.json`);
    await writeFile(
      config,
      JSON.stringify({
        supergraph: join(folder, supergraph),
        port,
        logLevel: 'warn',
        subgraphs,
        subscriptions: { maxSockets: MAX_SOCKETS, ...subscriptions },
      }),
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
