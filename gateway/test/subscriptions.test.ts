import { createSecretKey } from 'node:crypto';
import { setTimeout, setImmediate as turn } from 'node:timers/promises';
import { signToken } from '@alexandrite/auth/token';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { connect, subscribe } from './socket-client.ts';
import { type StationWorld, startStations } from './stations.ts';

const secret = 'a secret of the tests, long enough';
const token = async (sub: string, seconds = 600) =>
  `Bearer ${await signToken(createSecretKey(Buffer.from(secret)), { sub, role: 'customer' }, seconds)}`;

let world: StationWorld;
const clients: Client[] = [];
beforeAll(async () => {
  world = await startStations({ settings: { auth: { sharedSecret: secret } } });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

function client(authorization?: string): Client {
  const made = connect(world.federation.url, authorization ? { connectionParams: { authorization } } : {});
  clients.push(made);
  return made;
}

const reading = `subscription R($id: ID!) { r: reading(id: $id) { t: degrees serial station { id name serial } } }`;

/** Does something again and again until the promise settles: without a snapshot nothing tells when it listens. */
async function until<T>(heard: Promise<T>, act: () => Promise<void>): Promise<T> {
  let settled = false;
  heard.then(
    () => (settled = true),
    () => (settled = true),
  );
  while (!settled) {
    await act();
    await setTimeout(20);
  }
  return heard;
}

describe('federated subscriptions', () => {
  test('begin with the current state, then every change, resolved from other subgraphs', async () => {
    await using stream = subscribe(client(), reading, { id: 'north' });
    const { serial } = world.stations.get('north')!;
    const station = { id: 'north', name: 'Station north' };
    expect(await stream.next()).toEqual({
      data: { r: { t: 10, serial, station: { ...station, serial } } },
    });
    await world.measure('north', 11.5);
    await world.measure('north', 12);
    expect(await stream.next()).toEqual({
      data: { r: { t: 11.5, serial: serial + 1, station: { ...station, serial: serial + 1 } } },
    });
    expect(await stream.next()).toMatchObject({ data: { r: { t: 12, serial: serial + 2 } } });
  });

  test('have no gap and no overlap between the state and the stream', async () => {
    let going = true;
    const changes = (async () => {
      for (let degrees = 0; going; degrees++) {
        await world.measure('south', degrees);
        await turn();
      }
    })();
    try {
      for (let round = 0; round < 5; round++) {
        await using stream = subscribe(client(), `subscription { reading(id: "south") { serial degrees } }`);
        let last: number | undefined;
        for (let count = 0; count < 30; count++) {
          const { data, extensions } = (await stream.next()) as {
            data: { reading: { serial: number } };
            extensions?: object;
          };
          expect(extensions).toBeUndefined();
          if (last !== undefined) expect(data.reading.serial).toBe(last + 1);
          last = data.reading.serial;
        }
      }
    } finally {
      going = false;
      await changes;
    }
  });

  test('that are the same share one fetch for each event', async () => {
    const streams = Array.from({ length: 20 }, () => subscribe(client(), reading, { id: 'deep' }));
    for (const stream of streams) await stream.next();
    const { places } = world.federation.subgraphs;
    const before = places!.seen.length;
    await world.measure('deep', 3);
    for (const stream of streams) expect(await stream.next()).toMatchObject({ data: { r: { t: 3 } } });
    expect(places!.seen.length).toBe(before + 1);
    // Snapshots of those who joined together are shared as well.
    expect(before).toBeLessThan(20);
  });

  test('of fields of the event alone fetch nothing', async () => {
    await using stream = subscribe(
      client(await token('ada')),
      'subscription { mine { degrees station { id serial } } }',
    );
    const asked = Object.values(world.federation.subgraphs).map(({ seen }) => seen.length);
    let degrees = 20;
    const heard = until(stream.next(), () => world.measure('north', degrees++));
    expect(await heard).toMatchObject({ data: { mine: { station: { id: 'north' } } } });
    expect(Object.values(world.federation.subgraphs).map(({ seen }) => seen.length)).toEqual(asked);
  });

  test('of an entity by its key are resolved once for each event', async () => {
    await using stream = subscribe(client(), 'subscription { overview { warmest stations { id name } } }');
    expect(await stream.next()).toMatchObject({ data: { overview: { stations: expect.anything() } } });
    await world.measure('north', 999);
    await world.publish('overview.changed', { id: 'all' });
    expect(await stream.next()).toMatchObject({ data: { overview: { warmest: 999 } } });
  });

  test('resolve unions by the payload', async () => {
    await using other = subscribe(client(), 'subscription { overview { id } }');
    await using stream = subscribe(
      client(),
      'subscription { alarm { __typename ... on Storm { wind station { name } } ... on Frost { degrees } } }',
    );
    await other.next();
    const heard = until(stream.next(), () =>
      world.publish('alarms', { __typename: 'Storm', wind: 31, station: { id: 'north' } }),
    );
    expect(await heard).toEqual({
      data: { alarm: { __typename: 'Storm', wind: 31, station: { name: 'Station north' } } },
    });
  });

  test('skip an event that does not fit, and go on', async () => {
    await using stream = subscribe(client(), 'subscription { reading(id: "north") { degrees serial } }');
    await stream.next();
    const { serial } = world.stations.get('north')!;
    await world.publish('readings.ada.north', { degrees: 'warm', serial: serial + 1 });
    await world.publish('readings.ada.north', 'nonsense');
    await world.publish('readings.ada.north', { degrees: 1 });
    await world.measure('north', 5);
    expect(await stream.next()).toMatchObject({ data: { reading: { degrees: 5 } } });
  });

  test('tell errors of subgraphs with their place, event by event', async () => {
    await using stream = subscribe(
      client(),
      'subscription { reading(id: "deep") { degrees station { name height } } }',
    );
    expect(await stream.next()).toMatchObject({
      data: { reading: { station: { name: 'Station deep', height: null } } },
      errors: [{ path: ['reading', 'station', 'height'] }],
    });
    await world.measure('deep', 2);
    expect(await stream.next()).toMatchObject({
      data: { reading: { degrees: 2 } },
      errors: [{ path: ['reading', 'station', 'height'] }],
    });
  });

  test('of what is not there are refused', async () => {
    await using none = subscribe(client(), reading, { id: 'nowhere' });
    expect(await none.ended).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    await using broken = subscribe(client(), reading, { id: 'broken' });
    expect(await broken.ended).toMatchObject([{ message: 'the weather is out of order', path: ['r'] }]);
    await using anonymous = subscribe(client(), 'subscription { mine { degrees } }');
    expect(await anonymous.ended).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await using wrong = subscribe(client(), 'subscription { nothing }');
    expect(await wrong.ended).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    await using unfit = subscribe(client(), reading, {});
    expect(await unfit.ended).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test.each([
    ['subscription($skip: Boolean!) { mine @skip(if: $skip) { degrees } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'subscription($skip: Boolean!) { ... @skip(if: $skip) { mine { degrees } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['subscription { mine @include(if: true) { degrees } }', 'NOT_SUPPORTED'],
  ])('whose field may be skipped are refused: %s', async (query, code) => {
    for (const skip of [true, false]) {
      await using skipped = subscribe(client(await token('ada')), query, { skip });
      expect(await skipped.ended).toMatchObject([{ extensions: { code } }]);
    }
  });

  test('of what is not there are no fault of a subgraph', async () => {
    const { log, entries } = memoryLog();
    await using quiet = await startStations({ ports: { log } });
    const alone = connect(quiet.federation.url);
    await using none = subscribe(alone, reading, { id: 'nowhere' });
    expect(await none.ended).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(JSON.stringify(entries)).not.toContain('values that do not fit');
    await alone.dispose();
  });

  test('listen only to what is the caller’s', async () => {
    await using stranger = subscribe(client(await token('bob.*')), 'subscription { mine { degrees } }');
    await using owner = subscribe(client(await token('ada')), 'subscription { mine { degrees } }');
    await until(owner.next(), () => world.measure('north', 1));
    expect(stranger.waiting).toBe(0);
  });

  test('end when the token runs out', async () => {
    await using stream = subscribe(client(await token('ada', 1)), 'subscription { mine { degrees } }');
    expect(await stream.ended).toMatchObject([{ extensions: { code: 'TOKEN_EXPIRED' } }]);
  });

  test('queries and mutations go over a socket too', async () => {
    await using stream = subscribe(client(), '{ reading(id: "north") { station { name } } }');
    expect(await stream.next()).toEqual({ data: { reading: { station: { name: 'Station north' } } } });
    expect(await stream.ended).toBeNull();
  });

  test('miss nothing when more comes at once than is kept for them', async () => {
    await using busy = await startStations({}, undefined, 5_000);
    const own = connect(busy.federation.url);
    clients.push(own);
    await using stream = subscribe(own, 'subscription { reading(id: "north") { serial } }');
    const serial = async () => ((await stream.next()).data as { reading: { serial: number } }).reading.serial;
    const first = await serial();
    await Promise.all(Array.from({ length: 1_200 }, (_, degrees) => busy.measure('north', degrees)));
    for (let step = 1; step <= 1_200; step++) expect(await serial()).toBe(first + step);
    expect(stream.waiting).toBe(0);
  });

  test('are refused over HTTP with one answer', async () => {
    const answer = await world.federation.ask('subscription { overview { id } }');
    expect(answer).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'SUBSCRIPTION_TRANSPORT_REQUIRED' } }],
    });
  });
});
