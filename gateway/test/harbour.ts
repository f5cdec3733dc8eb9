import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Closers, openAll } from '@alexandrite/lifecycle/closers';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { GraphQLError } from 'graphql';
import { build, type Gateway } from '../src/build.ts';
import { settingsDecoder } from '../src/config/settings.ts';
import { compose } from './federation.ts';
import { type SubgraphDefinition, startSubgraph, type TestSubgraph } from './subgraph-server.ts';
import { SubscribingSubgraph } from './subscribing-subgraph.ts';
import { Topic } from './topic.ts';

export const authSecret = 'a secret of the tests, long enough';

export type Ship = { id: string; tons: number } | Error;

/** A harbour that tells of ships, a registry that knows their names, and a gateway before them. */
export interface HarbourWorld extends AsyncDisposable {
  harbour: SubscribingSubgraph;
  registry: TestSubgraph;
  ships: Topic<Ship>;
  gateway: Gateway;
  url: string;
  /** Where the gateway reads its supergraph. */
  file: string;
  /** Another harbour, and the supergraph in which it is in the place of the first. */
  move(): Promise<{ harbour: SubscribingSubgraph; ships: Topic<Ship>; sdl: string }>;
  /** Of how many clients the gateway says that they listen to `arrived`. */
  listeners(): Promise<number>;
  /** The value of a series, by the beginning of its line. */
  metric(series: string): Promise<number>;
}

const harbourOf = (ships: Topic<Ship>): SubgraphDefinition => ({
  name: 'harbour',
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { ships: Int }
    type Subscription { arrived(harbour: ID!): Ship!  forbidden: Int!  mine: Int! }
    type Ship @key(fields: "id") { id: ID!  tons: Int  draught: Int }
  `,
  resolvers: {
    Subscription: {
      arrived: {
        subscribe: () => ships.subscribe(),
        resolve: (ship: unknown) => {
          if (ship instanceof Error) throw ship;
          return ship;
        },
      },
      forbidden: {
        subscribe: () => {
          throw new GraphQLError('not for you', { extensions: { code: 'FORBIDDEN' } });
        },
      },
      mine: { subscribe: () => ships.subscribe(), resolve: ({ tons }: { tons: number }) => tons },
    },
    Ship: {
      draught: () => {
        throw new Error('nobody has measured');
      },
    },
  },
});

const registryOf: SubgraphDefinition = {
  name: 'registry',
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { names: Int }
    type Ship @key(fields: "id") { id: ID!  name: String! }
  `,
  resolvers: { Ship: { name: ({ id }: { id: string }) => `Ship ${id}` } },
};

/** `subscriptions` are the harbour's settings. */
export async function startHarbour(
  subscriptions: Record<string, unknown>,
  settings: Record<string, unknown> = {},
): Promise<HarbourWorld> {
  const { value, closers } = await openAll((closers) => open(subscriptions, settings, closers));
  return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}

async function open(
  subscriptions: Record<string, unknown>,
  settings: Record<string, unknown>,
  closers: Closers,
): Promise<Omit<HarbourWorld, typeof Symbol.asyncDispose>> {
  const ships = new Topic<Ship>();
  const harbour = closers.use(await SubscribingSubgraph.start(harbourOf(ships)));
  const registry = closers.use(await startSubgraph(registryOf));
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  closers.add('the folder', () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, compose([harbour, registry]));
  const decoded = settingsDecoder.decode(
    {
      supergraph: file,
      port: 0,
      rehearsalMs: 0,
      reload: { watch: false },
      auth: { sharedSecret: authSecret },
      ...(process.env.PLANNER ? { planner: process.env.PLANNER } : {}),
      ...settings,
      subgraphs: {
        contextSecret: 'what the gateway signs with, long enough',
        overrides: { harbour: { subscriptions } },
      },
    },
    '',
  );
  const gateway = closers.use(await build(decoded, { log: memoryLog().log }));
  const metric = async (series: string) => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(series));
    return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')));
  };
  return {
    harbour,
    registry,
    ships,
    gateway,
    url: gateway.url,
    file,
    async move() {
      const others = new Topic<Ship>();
      const other = closers.use(await SubscribingSubgraph.start(harbourOf(others)));
      return { harbour: other, ships: others, sdl: compose([other, registry]) };
    },
    metric,
    listeners: () => metric('gateway_subscriptions_active{field="arrived"'),
  };
}
