import { createSecretKey } from 'node:crypto';
import { signToken } from '@alexandrite/auth/token';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../e2e/harness/until.ts';
import { layCable } from './cable.ts';
import type { GraphqlAnswer } from './federation.ts';
import { type HarbourWorld, startHarbour } from './harbour.ts';
import { type ClientKind, clientKinds } from './real-clients.ts';
import { subscribe } from './socket-client.ts';
import { type StationWorld, startStations } from './stations.ts';

const secret = 'a secret of the tests, long enough';
let world: StationWorld;
let harbour: HarbourWorld;
beforeAll(async () => {
  [world, harbour] = await Promise.all([
    startStations({
      settings: {
        auth: { sharedSecret: secret },
        subscriptions: { cursorSecret: 'a secret that signs the cursors of tests' },
      },
    }),
    startHarbour({ protocol: 'ws' }),
  ]);
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await harbour?.[Symbol.asyncDispose]();
});

const reading = 'subscription R($id: ID!) { reading(id: $id) { degrees serial station { id name } } }';
const readingOf = ({ data }: GraphqlAnswer) =>
  (data as { reading: { degrees: number; serial: number; station: object } }).reading;

/** Errors as clients tell them, whatever they make of them. */
function told(error: unknown): string {
  const { message, graphQLErrors, networkError, errors, response } = error as Record<string, unknown>;
  const { code, reason } = (networkError ?? {}) as { code?: unknown; reason?: unknown };
  const { status } = (response ?? {}) as { status?: unknown };
  return JSON.stringify([error, message, graphQLErrors, errors, status, code, reason]);
}

async function active(field: string): Promise<number> {
  const text = await (await fetch(`${world.federation.url}/metrics`)).text();
  return Number(
    new RegExp(`^gateway_subscriptions_active\\{.*field="${field}".*\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
  );
}

describe.each(clientKinds)('$name', ({ open, reconnects }: ClientKind) => {
  test('begins with the state, hears every change, and leaves', async () => {
    await using client = open(world.federation.url);
    await until('those before have left', async () => (await active('reading')) === 0);
    const stream = subscribe(client, reading, { id: 'north' });
    const first = readingOf(await stream.next());
    expect(first.station).toMatchObject({ id: 'north', name: 'Station north' });
    for (const degrees of [21, 22, 23]) {
      await world.measure('north', degrees);
      const heard = await stream.next();
      expect(readingOf(heard)).toMatchObject({ degrees, serial: first.serial + degrees - 20 });
      expect(heard.extensions).toMatchObject({ cursor: expect.any(String) });
    }
    expect(await active('reading')).toBe(1);
    await stream[Symbol.asyncDispose]();
    await until('its source is closed', async () => (await active('reading')) === 0);
  });

  test('is told what is wrong with an event, and hears the next', async () => {
    await using client = open(world.federation.url);
    const query = 'subscription { reading(id: "deep") { degrees station { id height } } }';
    await using stream = subscribe(client, query);
    for (const degrees of [1, 2]) {
      const { data, errors } = await stream.next();
      expect(data).toMatchObject({ reading: { station: { id: 'deep', height: null } } });
      expect(told(errors)).toContain('no height');
      await world.measure('deep', degrees);
    }
  });

  test('is refused what is not there', async () => {
    await using client = open(world.federation.url);
    for (const [query, code] of [
      ['subscription { reading(id: "nowhere") { degrees } }', 'NOT_FOUND'],
      ['subscription { mine { degrees } }', 'UNAUTHENTICATED'],
    ] as const) {
      await using stream = subscribe(client, query);
      // Some take a refusal for a last message.
      expect(told(await stream.next().catch((error: unknown) => error))).toContain(code);
    }
  });

  test('hears when there is nothing more to come', async () => {
    await using client = open(harbour.url);
    await using stream = subscribe(client, 'subscription { arrived(harbour: "here") { id tons name } }');
    await until('the subgraph is asked', async () => harbour.ships.listeners === 1);
    harbour.ships.publish({ id: 'x', tons: 3 });
    harbour.ships.complete();
    expect(await stream.next()).toMatchObject({ data: { arrived: { id: 'x', tons: 3, name: 'Ship x' } } });
    expect(await stream.ended).toBeNull();
  });

  test('is let in with a token, and told when it is no good', async () => {
    const token = await signToken(
      createSecretKey(Buffer.from(secret)),
      { sub: 'ada', role: 'customer' },
      600,
    );
    await using known = open(world.federation.url, { authorization: `Bearer ${token}` });
    await using stream = subscribe(known, 'subscription { mine { degrees } }');
    await until('it listens', async () => (await active('mine')) === 1);
    await world.measure('south', 5);
    expect(await stream.next()).toMatchObject({ data: { mine: { degrees: 5 } } });

    await using stranger = open(world.federation.url, { authorization: 'Bearer nonsense' });
    await using refused = subscribe(stranger, 'subscription { mine { degrees } }');
    expect(told(await refused.ended)).toMatch(/UNAUTHENTICATED|401/);
  });

  if (!reconnects) return;
  test('comes back by itself, and has missed nothing', async () => {
    await using cable = await layCable(world.federation.url);
    await using client = open(cable.url, { retries: 1_000 });
    await using stream = subscribe(client, reading, { id: 'south' });
    const { serial } = readingOf(await stream.next());
    await world.measure('south', 31);
    expect(readingOf(await stream.next()).serial).toBe(serial + 1);
    cable.cut();
    await until('it has gone', async () => (await active('reading')) === 0);
    await world.measure('south', 32);
    await world.measure('south', 33);
    cable.mend();
    for (const degrees of [32, 33]) {
      const heard = await stream.next();
      expect(readingOf(heard)).toMatchObject({ degrees, serial: serial + degrees - 30 });
      expect(heard.extensions).not.toHaveProperty('gap');
    }
    await until('it listens', async () => (await active('reading')) === 1);
    await world.measure('south', 34);
    expect(readingOf(await stream.next()).serial).toBe(serial + 4);
  });
});
