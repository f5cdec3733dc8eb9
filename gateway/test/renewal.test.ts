import { createSecretKey } from 'node:crypto';
import { signToken } from '@alexandrite/auth/token';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WebSocket } from 'ws';
import { connect, subscribe } from './socket-client.ts';
import { type StationWorld, startStations } from './stations.ts';

const secret = 'a secret of the tests, long enough';
let world: StationWorld;
beforeAll(async () => {
  world = await startStations({ settings: { auth: { sharedSecret: secret } } });
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const token = (claims: object, ttlSeconds: number) =>
  signToken(createSecretKey(Buffer.from(secret)), { sub: 'ada', role: 'customer', ...claims }, ttlSeconds);

/** A client of graphql-ws that can show another token, and hears what becomes of it. */
async function connected(first: string) {
  const pongs: Record<string, unknown>[] = [];
  const waiting: ((payload: Record<string, unknown>) => void)[] = [];
  const opened = Promise.withResolvers<WebSocket>();
  const client = connect(world.federation.url, {
    connectionParams: { authorization: `Bearer ${first}` },
    lazy: false,
    onNonLazyError: () => undefined,
    on: {
      connected: (socket) => opened.resolve(socket as WebSocket),
      pong(received, payload) {
        if (!received || !payload) return;
        const waiter = waiting.shift();
        if (waiter) waiter(payload);
        else pongs.push(payload);
      },
    },
  });
  const socket = await opened.promise;
  return {
    client,
    async renew(next: string): Promise<Record<string, unknown>> {
      socket.send(JSON.stringify({ type: 'ping', payload: { Authorization: `Bearer ${next}` } }));
      return pongs.shift() ?? new Promise((resolve) => waiting.push(resolve));
    },
    [Symbol.asyncDispose]: async () => client.dispose(),
  };
}

const mine = 'subscription { mine { degrees } }';
const degreesOf = (message: { data?: unknown }) =>
  (message.data as { mine: { degrees: number } }).mine.degrees;

/** Until the gateway listens for the caller. */
async function listening(count: number): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${world.federation.url}/metrics`)).text();
    if (Number(/^gateway_subscriptions_active\{.*field="mine".*\} (\d+)$/m.exec(text)?.[1]) === count) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a token renewed on an open socket', () => {
  test('lets subscriptions go on past the end of the first one', async () => {
    await using socket = await connected(await token({ jti: 'one' }, 2));
    await using stream = subscribe(socket.client, mine);
    await listening(1);
    const answer = await socket.renew(await token({ jti: 'two' }, 600));
    expect(new Date(String(answer.expiresAt)).getTime()).toBeGreaterThan(Date.now() + 500_000);
    // The first one has run out, also for those who allow for other clocks.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await world.measure('north', 31);
    expect(degreesOf(await stream.next())).toBe(31);
    await using another = subscribe(socket.client, mine);
    await listening(2);
    await world.measure('north', 32);
    expect(degreesOf(await another.next())).toBe(32);
  });

  test('that is not renewed ends the subscription with a code', async () => {
    await using socket = await connected(await token({}, 1));
    await using stream = subscribe(socket.client, mine);
    expect(await stream.ended).toMatchObject([{ extensions: { code: 'TOKEN_EXPIRED' } }]);
    // The socket stands: with another token all begins anew.
    await socket.renew(await token({}, 600));
    await using again = subscribe(socket.client, mine);
    await listening(1);
    await world.measure('north', 33);
    expect(degreesOf(await again.next())).toBe(33);
  });

  test('of other rights ends the subscriptions that depend on them', async () => {
    await using socket = await connected(await token({}, 600));
    await using stream = subscribe(socket.client, mine);
    await listening(1);
    expect(await socket.renew(await token({ role: 'admin' }, 600))).toHaveProperty('expiresAt');
    expect(await stream.ended).toMatchObject([{ extensions: { code: 'RIGHTS_CHANGED' } }]);
  });

  test('that is no good changes nothing, and is told', async () => {
    await using socket = await connected(await token({}, 600));
    await using stream = subscribe(socket.client, mine);
    await listening(1);
    expect(await socket.renew('nonsense')).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    await world.measure('north', 34);
    expect(degreesOf(await stream.next())).toBe(34);
  });
});
