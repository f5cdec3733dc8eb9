import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Closers, openAll } from '@alexandrite/lifecycle/closers';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { build, type Gateway, type GatewayPorts } from '../src/build.ts';
import { settingsDecoder } from '../src/config/settings.ts';
import { type SubgraphDefinition, startSubgraph, type TestSubgraph } from './subgraph-server.ts';

export interface GraphqlAnswer {
  status: number;
  data?: unknown;
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
}

/** Real subgraphs and a gateway before them, all in this process. */
export interface Federation extends AsyncDisposable {
  url: string;
  gateway: Gateway;
  supergraphSdl: string;
  /** Where the gateway reads it. */
  supergraphFile: string;
  subgraphs: Record<string, TestSubgraph>;
  ask(
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<GraphqlAnswer>;
}

export interface FederationOptions {
  settings?: Record<string, unknown>;
  ports?: GatewayPorts;
  /** Subgraphs without a server. */
  virtual?: { name: string; sdl: string }[];
}

export function compose(subgraphs: readonly { name: string; sdl: string; url: string }[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

const placeOf = ({ path }: { path?: (string | number)[] }) => path?.join('.') ?? '';

/** `PLANNER=apollo` runs any test with the other planner, `DIRECT_WAY=off` without the direct way. */
const everywhere = {
  rehearsalMs: 0,
  ...(process.env.PLANNER ? { planner: process.env.PLANNER } : {}),
  ...(process.env.DIRECT_WAY ? { directWay: process.env.DIRECT_WAY === 'on' } : {}),
};

export async function startFederation(
  definitions: readonly SubgraphDefinition[],
  options: FederationOptions = {},
): Promise<Federation> {
  const { value, closers } = await openAll((closers) => open(definitions, options, closers));
  return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}

async function open(
  definitions: readonly SubgraphDefinition[],
  options: FederationOptions,
  closers: Closers,
): Promise<Omit<Federation, typeof Symbol.asyncDispose>> {
  const subgraphs: TestSubgraph[] = [];
  for (const definition of definitions) subgraphs.push(closers.use(await startSubgraph(definition)));
  const supergraphSdl = compose([
    ...subgraphs,
    ...(options.virtual ?? []).map((virtual) => ({ ...virtual, url: `bus://${virtual.name}` })),
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  closers.add('the folder', () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraphSdl);
  const settings = settingsDecoder.decode(
    { supergraph: file, port: 0, logLevel: 'silent', ...everywhere, ...options.settings },
    '',
  );
  const gateway = closers.use(await build(settings, options.ports));
  return {
    url: gateway.url,
    gateway,
    supergraphSdl,
    supergraphFile: file,
    subgraphs: Object.fromEntries(subgraphs.map((subgraph) => [subgraph.name, subgraph])),
    async ask(query, variables, headers) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const answer: GraphqlAnswer = { status: response.status, ...((await response.json()) as object) };
      // Subgraphs answer in any order.
      answer.errors?.sort((one, other) => placeOf(one).localeCompare(placeOf(other)));
      return answer;
    },
  };
}
