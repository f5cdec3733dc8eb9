import { createSecretKey } from 'node:crypto';
import { signToken } from '@alexandrite/auth/token';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { type Federation, startFederation } from './federation.ts';
import { connect, subscribe } from './socket-client.ts';
import { events, measured, type StationWorld, startStations } from './stations.ts';

const secret = 'a secret of the tests, long enough';
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

const bearer = async (sub = 'ada') =>
  `Bearer ${await signToken(createSecretKey(Buffer.from(secret)), { sub, role: 'partner' }, 600)}`;

/** Two gateways before one world, with one cache. */
async function twoGateways(quotas: object, subscriptions: object = {}) {
  const cache = openMemoryCache();
  const settings = {
    auth: { sharedSecret: secret },
    audiences: [{ when: { role: ['partner'] }, maximumAvailable: 100_000, restoreRate: 1_000, quotas }],
    subscriptions,
  };
  const world: StationWorld = await startStations({ settings, ports: { cache } });
  const other: Federation = await startFederation(measured(world), {
    settings,
    virtual: [{ name: 'events', sdl: events }],
    ports: { bus: world.bus, cache },
  });
  return {
    world,
    other,
    async [Symbol.asyncDispose]() {
      await other[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
      await cache[Symbol.asyncDispose]();
    },
  };
}

async function listen(url: string, id: string, sub?: string) {
  const client = connect(url, { connectionParams: { authorization: await bearer(sub) } });
  clients.push(client);
  const stream = subscribe(client, 'subscription R($id: ID!) { reading(id: $id) { serial } }', { id });
  return { client, stream };
}

describe('a client with a quota', () => {
  test('has so many sockets and streams on all gateways together, and no more', async () => {
    await using gateways = await twoGateways({ sockets: 2 });
    const { world, other } = gateways;
    const first = await listen(world.federation.url, 'north');
    await first.stream.next();
    const second = await listen(other.url, 'north');
    await second.stream.next();
    const third = await listen(other.url, 'north');
    expect(String(await third.stream.ended)).toContain('closed with 4429: TOO_MANY: Expected at most 2');
    const streamed = await fetch(`${other.url}/graphql?query=subscription{reading(id:"north"){serial}}`, {
      headers: { accept: 'text/event-stream', authorization: await bearer() },
    });
    expect(await streamed.text()).toContain('"code":"TOO_MANY"');
    const somebody = await listen(other.url, 'north', 'bob');
    await somebody.stream.next();
    // Whoever leaves makes room.
    await first.client.dispose();
    for (;;) {
      const { stream } = await listen(other.url, 'south');
      const heard = await stream.next().catch((error: unknown) => String(error));
      if (typeof heard !== 'string') break;
      expect(heard).toContain('4429');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  test('has so many subscriptions', async () => {
    await using gateways = await twoGateways({ subscriptions: 2 });
    const { world, other } = gateways;
    const { client, stream } = await listen(world.federation.url, 'north');
    await stream.next();
    await using second = subscribe(client, 'subscription { reading(id: "south") { serial } }');
    await second.next();
    const third = await listen(other.url, 'deep');
    expect(await third.stream.ended).toMatchObject([{ extensions: { code: 'TOO_MANY' } }]);
  });

  test('hears so many events a second, and is told what he has missed', async () => {
    await using gateways = await twoGateways({ eventsPerSecond: 3 });
    const { world } = gateways;
    const { stream } = await listen(world.federation.url, 'north');
    await stream.next();
    for (let degrees = 0; degrees < 20; degrees++) await world.measure('north', degrees);
    let [heard, missed, newest] = [0, 0, 0];
    while (newest < 21) {
      const { data, extensions } = await stream.next();
      heard++;
      newest = (data as { reading: { serial: number } }).reading.serial;
      const gap = extensions?.gap as { missed: number; reason: string } | undefined;
      if (gap) expect(gap.reason).toBe('THROTTLED');
      missed += gap?.missed ?? 0;
    }
    expect(heard + missed).toBe(20);
    expect(heard).toBeLessThan(10);
  });
});

test('a connection carries so many messages a second', async () => {
  await using gateways = await twoGateways({}, { maxEventsPerSecond: 4, maxBuffered: 2 });
  const { world } = gateways;
  const { stream } = await listen(world.federation.url, 'north');
  await stream.next();
  for (let degrees = 0; degrees < 20; degrees++) await world.measure('north', degrees);
  let [heard, missed, newest] = [0, 0, 0];
  while (newest < 21) {
    const { data, extensions } = await stream.next();
    heard++;
    newest = (data as { reading: { serial: number } }).reading.serial;
    missed += (extensions?.gap as { missed: number } | undefined)?.missed ?? 0;
  }
  expect(heard + missed).toBe(20);
  expect(heard).toBeLessThan(10);
});
