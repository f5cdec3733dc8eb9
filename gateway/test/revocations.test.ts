import { createSecretKey } from 'node:crypto';
import { signToken } from '@alexandrite/auth/token';
import { openLocalBus } from '@alexandrite/bus/local';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { type Federation, startFederation } from './federation.ts';
import { connect, subscribe } from './socket-client.ts';
import { events, measured, type StationWorld, startStations } from './stations.ts';

const secret = 'a secret of the tests, long enough';
const settings = {
  auth: { sharedSecret: secret, revocations: { subject: 'tokens.revoked' }, admin: { role: ['admin'] } },
};
const bus = await openLocalBus({ log: memoryLog().log });
const cache = openMemoryCache();
let world: StationWorld;
let other: Federation;
const clients: Client[] = [];

const startOther = () =>
  startFederation(measured(world), {
    settings,
    virtual: [{ name: 'events', sdl: events }],
    ports: { bus, cache },
  });

beforeAll(async () => {
  await bus.ensureStreams([
    {
      name: 'REVOCATIONS',
      subjects: ['tokens.>'],
      kind: 'log',
      maxAgeMs: 600_000,
      maxMessages: 100,
      duplicateWindowMs: 60_000,
    },
  ]);
  world = await startStations({ settings, ports: { cache } }, bus);
  other = await startOther();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
  await bus[Symbol.asyncDispose]();
  await cache[Symbol.asyncDispose]();
});

let issued = 0;
const token = (sub: string, claims: object = {}) =>
  signToken(
    createSecretKey(Buffer.from(secret)),
    { sub, role: 'customer', jti: `token ${++issued}`, ...claims },
    600,
  );
const revoke = (payload: object) =>
  bus.publish('tokens.revoked', payload, { messageId: JSON.stringify(payload) });
const ask = (to: Federation, bearer: string) =>
  to.ask('{ reading(id: "north") { serial } }', {}, { authorization: `Bearer ${bearer}` });
const refused = { errors: [{ extensions: { code: 'TOKEN_REVOKED' } }] };

/** Subscribes, and tells with what the socket was closed. */
async function listen(url: string, bearer: string) {
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  const client = connect(url, {
    connectionParams: { authorization: `Bearer ${bearer}` },
    on: { closed: (event) => closed.resolve(event as { code: number; reason: string }) },
  });
  clients.push(client);
  const stream = subscribe(client, 'subscription { reading(id: "north") { serial } }');
  await stream.next();
  return { stream, closed: closed.promise };
}

async function untilRefused(to: Federation, bearer: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await ask(to, bearer)).errors) {
    expect(Date.now()).toBeLessThan(deadline);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await ask(to, bearer)).toMatchObject(refused);
}

describe('a token that is revoked', () => {
  test('ends its sockets and streams on every gateway, and nobody else', async () => {
    const bad = await token('ada', { jti: 'the bad one' });
    const good = await token('ada');
    const [first, second, faithful] = [
      await listen(world.federation.url, bad),
      await listen(other.url, bad),
      await listen(world.federation.url, good),
    ];
    const streamed = await fetch(`${other.url}/graphql?query=subscription{reading(id:"north"){serial}}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${bad}` },
    });
    await revoke({ jti: 'the bad one' });
    for (const { stream, closed } of [first, second]) {
      expect(await stream.ended).toMatchObject([{ extensions: { code: 'TOKEN_REVOKED' } }]);
      expect(await closed).toMatchObject({ code: 4403, reason: 'TOKEN_REVOKED: The token was revoked.' });
    }
    expect(await streamed.text()).toContain('"code":"TOKEN_REVOKED"');
    await world.measure('north', 3);
    await faithful.stream.next();
    expect(await ask(other, good)).not.toHaveProperty('errors');
    for (const gateway of [world.federation, other]) await untilRefused(gateway, bad);
    // Also by one that has begun only now.
    await using late = await startOther();
    await untilRefused(late, bad);
  });

  test('is not let in when that happens while a place for its socket is taken', async () => {
    const bad = await token('ivy', { jti: 'in between' });
    const asked = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    let holds = 0;
    // On its way for long, as caches on another machine may be.
    const slow = new Proxy(cache, {
      get(target, name: keyof typeof cache) {
        const value = target[name];
        if (typeof value !== 'function') return value;
        const method = (value as (...of: unknown[]) => unknown).bind(target);
        if (name !== 'hold') return method;
        return async (...of: unknown[]) => {
          if (++holds > 1) {
            asked.resolve();
            await taken.promise;
          }
          return method(...of);
        };
      },
    });
    const audience = { when: { role: ['customer'] }, maximumAvailable: 10_000, restoreRate: 10_000 };
    await using counting = await startFederation(measured(world), {
      settings: { ...settings, audiences: [{ ...audience, quotas: { sockets: 10 } }] },
      virtual: [{ name: 'events', sdl: events }],
      ports: { bus, cache: slow },
    });
    const inside = await listen(counting.url, bad);
    const closed = Promise.withResolvers<unknown>();
    const late = connect(counting.url, {
      connectionParams: { authorization: `Bearer ${bad}` },
      lazy: false,
      onNonLazyError: () => undefined,
      on: { closed: closed.resolve, connected: () => closed.resolve('let in') },
    });
    clients.push(late);
    await asked.promise;
    await revoke({ jti: 'in between' });
    expect(await inside.closed).toMatchObject({ code: 4403 });
    taken.resolve();
    expect(await closed.promise).toMatchObject({
      code: 4403,
      reason: 'TOKEN_REVOKED: The token was revoked.',
    });
  });

  test('may be one of all that somebody had: those that he gets later are good', async () => {
    const before = await token('eve');
    expect(await ask(other, before)).not.toHaveProperty('errors');
    await revoke({ sub: 'eve' });
    await untilRefused(other, before);
    // Tokens say when they were issued in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_010 - (Date.now() % 1_000)));
    expect(await ask(other, await token('eve'))).not.toHaveProperty('errors');
  });

  test('is named by an administrator, to any gateway', async () => {
    const bad = await token('mallory');
    const admin = await token('root', { role: 'admin' });
    const post = async (body: unknown, bearer: string) => {
      const { status } = await fetch(`${other.url}/revocations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return status;
    };
    const { stream, closed } = await listen(world.federation.url, bad);
    expect(await post({ sub: 'mallory' }, bad)).toBe(403);
    for (const body of [{}, { email: 'x' }, { sub: 1 }, { sub: 'a', jti: 'b' }, 'mallory']) {
      expect(await post(body, admin)).toBe(400);
    }
    expect(await ask(other, bad)).not.toHaveProperty('errors');
    expect(await post({ sub: 'mallory' }, admin)).toBe(200);
    expect(await stream.ended).toMatchObject([{ extensions: { code: 'TOKEN_REVOKED' } }]);
    expect(await closed).toMatchObject({ code: 4403 });
    for (const gateway of [world.federation, other]) await untilRefused(gateway, bad);
  });

  test('by a message that names no claim is nobody', async () => {
    const mine = await token('bob');
    await revoke({ nothing: 'of the kind' });
    await revoke({ jti: 'somebody else' });
    expect(await ask(other, mine)).not.toHaveProperty('errors');
  });
});

test('a gateway without a bus cannot hear of revocations', async () => {
  await expect(startFederation(measured(world), { settings })).rejects.toThrow(
    'auth.revocations: expected a bus',
  );
});
