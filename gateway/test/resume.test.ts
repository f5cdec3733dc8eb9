import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import { openNatsBus } from '@alexandrite/bus/nats';
import { openAll } from '@alexandrite/lifecycle/closers';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { serverBinary, startNats } from '../../e2e/harness/servers.ts';
import { type Federation, type GraphqlAnswer, startFederation } from './federation.ts';
import { connect, type Stream, subscribe } from './socket-client.ts';
import { events, measured, type StationWorld, startStations } from './stations.ts';

const settings = { subscriptions: { cursorSecret: 'a secret that signs the cursors of tests' } };
interface Buses extends AsyncDisposable {
  one: Bus;
  /** Of the second gateway. */
  other: Bus;
}

async function localBus(): Promise<Buses> {
  const bus = await openLocalBus({ log: memoryLog().log });
  return { one: bus, other: bus, [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose]() };
}

async function natsBuses(): Promise<Buses> {
  const { value, closers } = await openAll(async (opening) => {
    const { url } = opening.use(await startNats());
    const open = async (name: string) => opening.use(await openNatsBus({ url, name, log: memoryLog().log }));
    return { one: await open('one'), other: await open('other') };
  });
  return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}

let buses: Buses;
let world: StationWorld;
let other: Federation;
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});
const reading = 'subscription R($id: ID!) { reading(id: $id) { serial station { name } } }';

function listen(url: string, id: string, resumeFrom?: string, query = reading): Stream {
  const client = connect(url);
  clients.push(client);
  return subscribe(client, query, { id }, resumeFrom === undefined ? undefined : { resumeFrom });
}

const serialOf = ({ data }: GraphqlAnswer) => (data as { reading: { serial: number } }).reading.serial;
const cursorOf = ({ extensions }: GraphqlAnswer) => String(extensions?.cursor);

/** Hears the current state, then leaves; returns where it was. */
async function hear(id: string, changes = 0): Promise<{ serial: number; cursor: string }> {
  await using stream = listen(world.federation.url, id);
  let last = await stream.next();
  for (let degrees = 0; degrees < changes; degrees++) {
    await world.measure(id, degrees);
    last = await stream.next();
  }
  return { serial: serialOf(last), cursor: cursorOf(last) };
}

async function serials(stream: Stream, count: number): Promise<number[]> {
  const heard: number[] = [];
  while (heard.length < count) heard.push(serialOf(await stream.next()));
  return heard;
}

for (const [name, open] of [
  ['the local bus', localBus],
  ['NATS', natsBuses],
] as const) {
  const run = name === 'NATS' && !serverBinary('nats-server') ? describe.skip : describe;
  run(`a client that comes back, over ${name},`, () => {
    beforeAll(async () => {
      buses = await open();
      world = await startStations({ settings }, buses.one);
      other = await startFederation(measured(world), {
        settings,
        virtual: [{ name: 'events', sdl: events }],
        ports: { bus: buses.other },
      });
    });
    afterAll(async () => {
      await other?.[Symbol.asyncDispose]();
      await world?.[Symbol.asyncDispose]();
      await buses?.[Symbol.asyncDispose]();
    });

    test.each([0, 3])(
      'gets what it missed, exactly once, on any gateway (after %d changes)',
      async (changes) => {
        const { serial, cursor } = await hear('north', changes);
        for (let degrees = 0; degrees < 5; degrees++) await world.measure('north', degrees);
        await world.measure('south', 1);
        for (const { url } of [world.federation, other]) {
          await using stream = listen(url, 'north', cursor);
          expect(await serials(stream, 5)).toEqual([1, 2, 3, 4, 5].map((step) => serial + step));
          expect(stream.waiting).toBe(0);
        }
      },
    );

    test('gets only what is new, and then the stream', async () => {
      const { serial, cursor } = await hear('south', 2);
      await using stream = listen(other.url, 'south', cursor);
      // Whoever listens already shows when the resumed one would have heard something.
      await using witness = listen(other.url, 'south');
      await witness.next();
      await world.measure('south', 7);
      await witness.next();
      expect(await serials(stream, 1)).toEqual([serial + 1]);
    });

    test('shares the feed of those who never left', async () => {
      await using faithful = listen(world.federation.url, 'deep');
      const before = await faithful.next();
      await world.measure('deep', 1);
      await world.measure('deep', 2);
      await faithful.next();
      await faithful.next();
      const { places } = world.federation.subgraphs;
      const asked = places!.seen.length;
      await using late = listen(world.federation.url, 'deep', cursorOf(before));
      expect(await serials(late, 2)).toEqual([serialOf(before) + 1, serialOf(before) + 2]);
      // Its snapshot asks once, to see that it may still see this; the two messages are those of the feed.
      expect(places!.seen.length).toBe(asked + 1);
    });

    test('goes on with those who come back elsewhere in the stream, as soon as it has caught up', async () => {
      const cursors: GraphqlAnswer[] = [];
      {
        await using stream = listen(other.url, 'deep');
        cursors.push(await stream.next());
        // More than a feed remembers.
        for (let degrees = 0; degrees < 150; degrees++) {
          await world.measure('deep', degrees);
          cursors.push(await stream.next());
        }
      }
      const last = serialOf(cursors.at(-1)!);
      const places = cursors.filter((_, index) => index % 6 === 0);
      const streams = places.map((place) => listen(other.url, 'deep', cursorOf(place)));
      const missed = async (stream: Stream, from: number, to: number) =>
        expect(await serials(stream, to - from)).toEqual(
          Array.from({ length: to - from }, (_, step) => from + step + 1),
        );
      await Promise.all(streams.map((stream, index) => missed(stream, serialOf(places[index]!), last)));
      // Each of those that are apart still resolves this one for itself, and joins another then.
      await world.measure('deep', 1);
      await Promise.all(streams.map((stream) => missed(stream, last, last + 1)));
      const subgraph = other.subgraphs.places!;
      const asked = subgraph.seen.length;
      await world.measure('deep', 2);
      await Promise.all(streams.map((stream) => missed(stream, last + 1, last + 2)));
      expect(subgraph.seen.length).toBe(asked + 1);
      expect(streams.map((stream) => stream.waiting)).toEqual(streams.map(() => 0));
    });

    test('later than the stream remembers is told what is lost, and begins with the state', async () => {
      const { serial, cursor } = await hear('north');
      for (let degrees = 0; degrees < 1_100; degrees++) await world.measure('north', degrees);
      await using stream = listen(other.url, 'north', cursor);
      const first = await stream.next();
      expect(serialOf(first)).toBe(serial + 1_100);
      expect(first.extensions).toMatchObject({
        gap: { missed: 1_099, reason: 'RETENTION' },
        cursor: expect.anything(),
      });
      await world.measure('north', 1);
      const next = await stream.next();
      expect(serialOf(next)).toBe(serial + 1_101);
      expect(next.extensions).not.toHaveProperty('gap');
    });

    test('with a cursor that is not its own is refused', async () => {
      const { cursor } = await hear('north');
      const [content = '', mac = ''] = cursor.split('.');
      const forged = `${content}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
      for (const [id, wrong] of [
        ['north', forged],
        ['north', 'nonsense'],
        ['south', cursor],
      ] as const) {
        await using stream = listen(world.federation.url, id, wrong);
        expect(await stream.ended).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
      }
    });

    test('is refused when what it read is no longer there', async () => {
      world.stations.set('gone', { id: 'gone', owner: 'ada', degrees: 1, serial: 1 });
      const { cursor } = await hear('gone');
      world.stations.delete('gone');
      await using stream = listen(world.federation.url, 'gone', cursor);
      expect(await stream.ended).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    });
  });
}
