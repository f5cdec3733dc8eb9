import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import { openNatsBus } from '@alexandrite/bus/nats';
import { openAll } from '@alexandrite/lifecycle/closers';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { startNats } from '../../e2e/harness/servers.ts';
import { type Federation, type FederationOptions, startFederation } from './federation.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

/** What an event field may say of itself, all of it. */
export const events = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@composeDirective"])
    @link(url: "https://specs.alexandrite.example/events/v1.0", import: ["@natsSubscribe"])
    @composeDirective(name: "@natsSubscribe")
  directive @natsSubscribe(
    subjects: [String!]!
    providerId: String! = "default"
    streamConfiguration: events__StreamConfiguration
    snapshot: String
    position: String
    filter: events__FilterCondition
    key: String
    maxRate: Float
  ) on FIELD_DEFINITION
  input events__StreamConfiguration { streamName: String!  consumerName: String  consumerInactiveThreshold: Int }
  input events__FilterCondition {
    AND: [events__FilterCondition!]  OR: [events__FilterCondition!]  NOT: events__FilterCondition  IN: events__FieldCondition
  }
  input events__FieldCondition { fieldPath: String!  values: [events__FilterValue]! }
  scalar events__FilterValue

  enum Sky { CLEAR CLOUDED }
  type Subscription {
    chosen(sky: [Sky!], except: ID): Reading! @natsSubscribe(
      subjects: ["readings.>"]
      snapshot: "chosen"
      streamConfiguration: { streamName: "READINGS", consumerName: "router", consumerInactiveThreshold: 30 }
      filter: { AND: [
        { IN: { fieldPath: "sky", values: ["{{ args.sky }}"] } }
        { NOT: { IN: { fieldPath: "station.id", values: ["{{ args.except }}"] } } }
      ] }
    )
    own: Reading! @natsSubscribe(
      subjects: ["readings.>"], snapshot: "own", filter: { IN: { fieldPath: "owner", values: ["{{ claims.sub }}"] } }
    )
    newest: Reading! @natsSubscribe(subjects: ["readings.>"], snapshot: "newest", key: "station.id")
    paced: Reading! @natsSubscribe(subjects: ["readings.>"], snapshot: "paced", key: "station.id", maxRate: 50)
    all: Reading! @natsSubscribe(subjects: ["readings.>"], snapshot: "all")
    elsewhere: Reading! @natsSubscribe(
      subjects: ["readings.>"], snapshot: "all", streamConfiguration: { streamName: "OTHERS" }
    )
  }
  type Reading @shareable { station: Station! owner: ID! degrees: Float! sky: Sky }
  type Station @key(fields: "id", resolvable: false) { id: ID! }
`;

const state = () => ({ station: { id: 'none' }, owner: 'nobody', degrees: 0, sky: 'CLEAR' });
const weather: SubgraphDefinition = {
  name: 'weather',
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
    type Query { chosen(sky: [Sky!], except: ID): Reading  own: Reading  newest: Reading  paced: Reading  all: Reading }
    enum Sky { CLEAR CLOUDED }
    type Reading @shareable { station: Station! owner: ID! degrees: Float! sky: Sky }
    type Station @key(fields: "id") { id: ID!  picture: String! }
  `,
  resolvers: {
    Query: { chosen: state, own: state, newest: state, paced: state, all: state },
    Station: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      // Those of large stations are more than the kernel takes for a client that does not read.
      picture: ({ id }: { id: string }) => (id.startsWith('large') ? 'y'.repeat(2_097_152) : 'small'),
    },
  },
};

export interface Readings extends AsyncDisposable {
  federation: Federation;
  /** A second gateway on the same bus. */
  other: Federation;
  bus: Bus;
  publish(payload: unknown): Promise<void>;
  measure(station: string, degrees: number, more?: { sky?: string; owner?: string }): Promise<void>;
  /** A counter of the first gateway, summed up over what the labels leave open. */
  counted(name: string, labels?: string): Promise<number>;
}

const limits = { maxAgeMs: 600_000, maxMessages: 10_000, duplicateWindowMs: 60_000, kind: 'log' as const };
export const streams = [
  { name: 'READINGS', subjects: ['readings.>'], ...limits },
  { name: 'OTHERS', subjects: ['others.>'], ...limits },
];
export const deadLetters = { name: 'DEAD_LETTERS', subjects: ['dead.>'], ...limits };

/** Two gateways before one subgraph, on one bus, over real sockets. */
export async function startReadings(
  broker: 'local' | 'nats',
  definitions: readonly (typeof streams)[number][],
  settings: Record<string, unknown>,
): Promise<Readings> {
  const { value, closers } = await openAll(async (opening) => {
    const [bus, second] = await openBuses(broker, (closable) => opening.use(closable));
    await bus.ensureStreams(definitions);
    const start = async (on: Bus) => {
      const options: FederationOptions = {
        settings,
        virtual: [{ name: 'events', sdl: events }],
        ports: { bus: on, log: memoryLog().log },
      };
      return opening.use(await startFederation([weather], options));
    };
    return { bus, federation: await start(bus), other: await start(second) };
  });
  let published = 0;
  const publish = (payload: unknown) =>
    value.bus.publish('readings.here', payload, { messageId: `r${published++}` });
  return {
    ...value,
    publish,
    measure: (station, degrees, { sky = 'CLEAR', owner = 'ada' } = {}) =>
      publish({ station: { id: station }, owner, degrees, sky, inside: 'not part of the graph' }),
    async counted(name, labels = '') {
      const text = await (await fetch(`${value.federation.url}/metrics`)).text();
      return text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose](),
  };
}

async function openBuses(
  broker: 'local' | 'nats',
  use: <T extends AsyncDisposable>(closable: T) => T,
): Promise<[Bus, Bus]> {
  const { log } = memoryLog();
  if (broker === 'local') {
    const bus = use(await openLocalBus({ log }));
    return [bus, bus];
  }
  const { url } = use(await startNats());
  const open = async (name: string) => use(await openNatsBus({ url, name, log }));
  return [await open('one'), await open('other')];
}
