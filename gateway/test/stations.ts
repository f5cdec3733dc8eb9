import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import { subjectToken } from '@alexandrite/bus/subject-token';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { type Federation, type FederationOptions, startFederation } from './federation.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

/** What the weather stations of this little world have measured; tests change it and publish. */
export interface Station {
  id: string;
  owner: string;
  degrees: number;
  serial: number;
}

export interface StationWorld extends AsyncDisposable {
  federation: Federation;
  bus: Bus;
  stations: Map<string, Station>;
  /** Changes a station, then publishes the reading, as a service with an outbox does. */
  measure(id: string, degrees: number): Promise<void>;
  publish(subject: string, payload: unknown): Promise<void>;
}

export const events = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@provides", "@composeDirective"])
    @link(url: "https://specs.alexandrite.example/events/v1.0", import: ["@natsSubscribe"])
    @composeDirective(name: "@natsSubscribe")
  directive @natsSubscribe(subjects: [String!]!, providerId: String! = "default", snapshot: String, position: String) on FIELD_DEFINITION
  enum Sky { CLEAR CLOUDED }
  type Subscription {
    reading(id: ID!): Reading! @natsSubscribe(subjects: ["readings.*.{{ args.id }}"], snapshot: "reading", position: "serial")
    mine: Reading! @natsSubscribe(subjects: ["readings.{{ claims.sub }}.*"])
    overview: Overview! @natsSubscribe(subjects: ["overview.changed"], snapshot: "overview")
    alarm: Alarm @natsSubscribe(subjects: ["alarms"])
  }
  type Reading @shareable { station: Station! @provides(fields: "serial") degrees: Float! serial: Int! sky: Sky }
  type Station @key(fields: "id", resolvable: false) { id: ID! serial: Int! @external }
  type Overview @key(fields: "id", resolvable: false) { id: ID! }
  union Alarm = Storm | Frost
  type Storm { wind: Float! station: Station! }
  type Frost { degrees: Float! }
`;

export const measured = (world: { stations: Map<string, Station> }): SubgraphDefinition[] => [
  {
    name: 'weather',
    sdl: `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
      type Query { reading(id: ID!): Reading  overview: Overview  secret: String }
      type Mutation { clear: Boolean }
      enum Sky { CLEAR CLOUDED }
      type Reading @shareable { station: Station! degrees: Float! serial: Int! sky: Sky }
      type Station @key(fields: "id") { id: ID! serial: Int! @shareable }
      type Overview @key(fields: "id") { id: ID! warmest: Float  stations: [Station!]! }
    `,
    resolvers: {
      Query: {
        reading: (_: unknown, { id }: { id: string }) => {
          if (id === 'broken') throw new Error('the weather is out of order');
          const station = world.stations.get(id);
          return station ? { station, degrees: station.degrees, serial: station.serial } : null;
        },
        overview: () => ({ id: 'all' }),
      },
      Station: { __resolveReference: ({ id }: { id: string }) => world.stations.get(id) },
      Overview: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        warmest: () => Math.max(...[...world.stations.values()].map(({ degrees }) => degrees)),
        stations: () => [...world.stations.values()],
      },
    },
  },
  {
    name: 'places',
    sdl: `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
      type Query { places: Int }
      type Station @key(fields: "id") { id: ID!  name: String!  height: Int }
    `,
    resolvers: {
      Query: { places: () => world.stations.size },
      Station: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        name: ({ id }: { id: string }) => `Station ${id}`,
        height: ({ id }: { id: string }) => {
          if (id === 'deep') throw new Error('no height');
          return 100;
        },
      },
    },
  },
];

/** `given` is a bus of the caller's own; without one the world has its own, in this process. */
export async function startStations(
  options: FederationOptions = {},
  given?: Bus,
  maxMessages = 1_000,
): Promise<StationWorld> {
  const bus = given ?? (await openLocalBus({ log: memoryLog().log }));
  const limits = { maxAgeMs: 600_000, maxMessages, duplicateWindowMs: 60_000, kind: 'log' as const };
  await bus.ensureStreams([
    { name: 'READINGS', subjects: ['readings.>'], ...limits },
    { name: 'OTHERS', subjects: ['overview.>', 'alarms'], ...limits },
  ]);
  const stations = new Map<string, Station>();
  for (const id of ['north', 'south', 'deep']) stations.set(id, { id, owner: 'ada', degrees: 10, serial: 1 });
  const federation = await startFederation(measured({ stations }), {
    ...options,
    virtual: [{ name: 'events', sdl: events }],
    ports: { bus, ...options.ports },
  });
  let published = 0;
  const publish = (subject: string, payload: unknown) =>
    bus.publish(subject, payload, { messageId: `m${published++}` });
  return {
    federation,
    bus,
    stations,
    publish,
    async measure(id, degrees) {
      const station = stations.get(id);
      if (!station) throw new Error(`there is no station ${id}`);
      const changed = { ...station, degrees, serial: station.serial + 1 };
      stations.set(id, changed);
      await publish(`readings.${station.owner}.${subjectToken(id)}`, {
        station: { id, serial: changed.serial },
        degrees,
        serial: changed.serial,
        sky: 'CLEAR',
        inside: 'not part of the graph',
      });
    },
    async [Symbol.asyncDispose]() {
      await federation[Symbol.asyncDispose]();
      if (!given) await bus[Symbol.asyncDispose]();
    },
  };
}
