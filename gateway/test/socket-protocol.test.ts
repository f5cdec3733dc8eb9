import { createSecretKey } from 'node:crypto';
import { request } from 'node:http';
import { signToken } from '@alexandrite/auth/token';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { connect, subscribe } from './socket-client.ts';
import { type StationWorld, startStations } from './stations.ts';

const secret = 'a secret of the tests, long enough';
let world: StationWorld;
beforeAll(async () => {
  world = await startStations({
    settings: {
      auth: { sharedSecret: secret },
      subscriptions: {
        initTimeoutMs: 300,
        maxPerSocket: 2,
        maxMessageBytes: 2_000,
        maxSockets: 3,
        maxBuffered: 4,
      },
    },
  });
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

beforeEach(() => free(1));

const address = () => `${world.federation.url.replace('http', 'ws')}/graphql`;

/** A socket without a client's manners. */
async function raw(protocols: string[] = ['graphql-transport-ws']) {
  const socket = new WebSocket(address(), protocols);
  const messages: Record<string, unknown>[] = [];
  const waiters: (() => void)[] = [];
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    for (const wake of waiters.splice(0)) wake();
  });
  const closed = new Promise<[number, string]>((resolve) => {
    socket.on('close', (code, reason) => resolve([code, String(reason)]));
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return {
    socket,
    closed,
    send: (...all: unknown[]) => {
      for (const message of all) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    async next(): Promise<Record<string, unknown>> {
      while (messages.length === 0) await new Promise<void>((resolve) => waiters.push(resolve));
      return messages.shift()!;
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
}

/** Waits until the gateway has noticed who has left. */
async function free(sockets: number): Promise<void> {
  const open = async () => {
    const text = await (await fetch(`${world.federation.url}/metrics`)).text();
    return Number(/^gateway_sockets\{.*\} (\d+)$/m.exec(text)![1]);
  };
  while ((await open()) > 3 - sockets) await new Promise((resolve) => setTimeout(resolve, 10));
}

const init = { type: 'connection_init' };
const watch = (id: string, query = 'subscription { reading(id: "north") { degrees } }') => ({
  id,
  type: 'subscribe',
  payload: { query },
});

describe('graphql-transport-ws', () => {
  test.each<[string, unknown[], number]>([
    ['no JSON', ['nonsense'], 4400],
    ['no object', [[1]], 4400],
    ['an unknown type', [{ type: 'start' }], 4400],
    ['a subscription before the introduction', [watch('1')], 4401],
    ['two introductions', [init, init], 4429],
    ['an introduction of the wrong kind', [{ type: 'connection_init', payload: 'x' }], 4400],
    ['a broken token', [{ type: 'connection_init', payload: { authorization: 'Bearer x' } }], 4403],
    ['too much at a time', [`{"type":"ping","payload":{"x":"${'x'.repeat(3_000)}"}}`], 1009],
  ])('closes on %s', async (_, messages, code) => {
    await using client = await raw();
    client.send(...messages);
    expect((await client.closed)[0]).toBe(code);
  });

  test('closes on silence, and on a name that is taken', async () => {
    await using silent = await raw();
    expect(await silent.closed).toEqual([4408, 'Connection initialisation timeout']);
    await using twice = await raw();
    twice.send(init);
    await twice.next();
    twice.send(watch('a'), watch('a'));
    expect(await twice.closed).toEqual([4409, 'Subscriber for a already exists']);
  });

  test('says which protocol it speaks', async () => {
    const message = 'Expected the subprotocol graphql-transport-ws (npm: graphql-ws)';
    for (const protocols of [['graphql-ws'], []]) {
      await using client = await raw(protocols);
      expect(await client.closed).toEqual([4406, message]);
    }
    // The client of subscriptions-transport-ws hands this to its `connectionCallback`, and tells nobody how it was closed.
    await using legacy = await raw(['graphql-ws']);
    expect(await legacy.next()).toEqual({ type: 'connection_error', payload: { message } });
  });

  test('answers pings, and forgets what is completed', async () => {
    await using client = await raw();
    client.send(init, { type: 'ping', payload: { n: 1 } });
    const answers = [await client.next(), await client.next()];
    expect(answers).toEqual(
      expect.arrayContaining([{ type: 'connection_ack' }, { type: 'pong', payload: { n: 1 } }]),
    );
    client.send(watch('a'));
    expect(await client.next()).toMatchObject({ id: 'a', type: 'next' });
    client.send({ id: 'a', type: 'complete' }, watch('a'));
    expect(await client.next()).toMatchObject({ id: 'a', type: 'next' });
  });

  test('keeps nothing of what is completed before it has begun', async () => {
    const active = async () => {
      const text = await (await fetch(`${world.federation.url}/metrics`)).text();
      return /^gateway_subscriptions_active\{.*field="mine".*\} (\d+)$/m.exec(text)?.[1] ?? '0';
    };
    const authorization = `Bearer ${await signToken(createSecretKey(Buffer.from(secret)), { sub: 'ada', role: 'customer' }, 600)}`;
    await using client = await raw();
    client.send({ ...init, payload: { authorization } });
    await client.next();
    const mine = watch('a', 'subscription { mine { degrees } }');
    for (let times = 0; times < 20; times++) client.send(mine, { id: 'a', type: 'complete' });
    // What came later has its answer only after the operations before it were compiled.
    client.send(watch('b'));
    expect(await client.next()).toMatchObject({ id: 'b', type: 'next' });
    client.send(mine);
    while ((await active()) === '0') await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await active()).toBe('1');
  });

  test('runs only so many operations at a time', async () => {
    await using client = await raw();
    client.send(init);
    await client.next();
    client.send(watch('a'), watch('b'), watch('c'));
    const answers = [await client.next(), await client.next(), await client.next()];
    expect(answers.find(({ id }) => id === 'c')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'TOO_MANY' } }],
    });
  });

  test('takes only so many sockets', async () => {
    await free(3);
    const open = await Promise.all([raw(), raw(), raw()]);
    await expect(raw()).rejects.toThrow('503');
    for (const client of open) await client[Symbol.asyncDispose]();
    await free(3);
  });

  test('asks for a new token when the old one has run out', async () => {
    const claims = { sub: 'ada', role: 'customer' };
    const token = await signToken(createSecretKey(Buffer.from(secret)), claims, -2);
    await using client = await raw();
    // Clocks differ: the token is taken for some seconds still, but not for a new operation.
    client.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect(await client.next()).toEqual({ type: 'connection_ack' });
    client.send(watch('a', '{ secret }'));
    expect(await client.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'TOKEN_EXPIRED' } }],
    });
  });

  test('is at /graphql only', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${world.federation.url}/elsewhere`, {
        headers: {
          connection: 'upgrade',
          upgrade: 'websocket',
          'sec-websocket-key': 'eA==',
          'sec-websocket-version': '13',
        },
      })
        .on('response', (response) => resolve(response.statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });

  test('a slow client misses the oldest, and is told how many', async () => {
    await using client = await raw();
    client.send(init);
    await client.next();
    // More than the kernel takes for a client that does not read: 40 messages of 2 MiB.
    const big = 'y'.repeat(2_097_152);
    world.stations.set(big, { id: big, owner: 'ada', degrees: 1, serial: 1 });
    client.send(watch('b', 'subscription { overview { stations { id } } }'));
    await client.next();
    client.socket.pause();
    const { seen } = world.federation.subgraphs.weather!;
    const before = seen.length;
    for (let count = 0; count < 40; count++) await world.publish('overview.changed', { id: 'all' });
    while (seen.length < before + 40) await new Promise((resolve) => setTimeout(resolve, 20));
    client.socket.resume();
    let [heard, missed] = [0, 0];
    while (heard + missed < 40) {
      const { payload } = (await client.next()) as {
        payload: { extensions?: { gap?: { missed: number; reason: string } } };
      };
      heard++;
      if (!payload.extensions?.gap) continue;
      expect(payload.extensions.gap.reason).toBe('SLOW_CLIENT');
      missed += payload.extensions.gap.missed;
    }
    expect(heard + missed).toBe(40);
    expect(missed).toBeGreaterThan(0);
    world.stations.delete(big);
  });
});

test('a gateway that ends says goodbye with a code on which clients come back', async () => {
  const short = await startStations();
  const client = connect(short.federation.url);
  const stream = subscribe(client, 'subscription { reading(id: "north") { degrees } }');
  await stream.next();
  await short[Symbol.asyncDispose]();
  expect(String(await stream.ended)).toContain('closed with 1001');
});
