import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../e2e/harness/free-port.ts';
import { answers } from '../src/answers.ts';
import { BenchRefused } from '../src/bench.ts';
import { type Server, type ServerOptions, startServer } from '../src/child.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = (file: string) => join(import.meta.dirname, file);

/** The platform's parts that a contestant is told of. */
export interface Behind {
  supergraph: string;
  /** The subgraphs' URLs, as JSON. */
  urls: string;
}

/** `profile`: where the process is to write its CPU profile, if anywhere. */
export type Start = (behind: Behind, profile: string | undefined) => Promise<{ server: Server; url: string }>;

export const contestants: Readonly<Record<string, { what: string; start: Start }>> = {
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

/** Throws `BenchRefused` for a name that nobody has. */
export function chosenOf(list: string): readonly string[] {
  const chosen = list.split(',');
  for (const name of chosen)
    if (!contestants[name]) throw new BenchRefused(`--only: expected names of contestants, got "${name}"`);
  return chosen;
}

/** Four static subgraphs in a process of their own. Writes their supergraph to the file. */
export function startSubgraphs(supergraph: string): Promise<Server> {
  return startServer(here('subgraphs.ts'), [supergraph], { env: production });
}

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
