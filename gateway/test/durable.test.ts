import { createSecretKey } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { signToken } from '@alexandrite/auth/token';
import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import { openNatsBus } from '@alexandrite/bus/nats';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { openAll } from '@alexandrite/lifecycle/closers';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { serverBinary, startNats } from '../../e2e/harness/servers.ts';
import { until } from '../../e2e/harness/until.ts';
import { type Federation, type GraphqlAnswer, startFederation } from './federation.ts';
import { connect, type Stream, subscribe } from './socket-client.ts';
import { events, measured, type StationWorld, startStations } from './stations.ts';

const secret = 'a secret of the tests, long enough';
const settings = {
  auth: { sharedSecret: secret },
  audiences: [
    {
      when: { role: ['partner'] },
      maximumAvailable: 100_000,
      restoreRate: 100_000,
      quotas: { durables: 3 },
    },
  ],
  subscriptions: {
    cursorSecret: 'a secret that signs the cursors of tests',
    maxBuffered: 4,
    durables: { subject: 'durables.gateway', maxUnacknowledged: 5 },
  },
};
const limits = { maxAgeMs: 600_000, maxMessages: 1_000, duplicateWindowMs: 60_000 };
const durables = { name: 'DURABLES', subjects: ['durables.>'], kind: 'latest' as const, ...limits };
const reading = 'subscription R($id: ID!) { reading(id: $id) { serial station { name } } }';
const serialOf = ({ data }: GraphqlAnswer) => (data as { reading: { serial: number } }).reading.serial;
const cursorOf = ({ extensions }: GraphqlAnswer) => String(extensions?.cursor);

const cache = openMemoryCache();
afterAll(() => cache[Symbol.asyncDispose]());
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

let people = 0;
/** A partner whom nobody knows yet, and what he shows. */
async function newcomer(role = 'partner'): Promise<string> {
  const sub = `partner ${++people}`;
  return `Bearer ${await signToken(createSecretKey(Buffer.from(secret)), { sub, role }, 600)}`;
}

interface Durable extends AsyncDisposable {
  stream: Stream;
  /** Resolves with what the gateway says to an acknowledgement. */
  acknowledge(cursor: string): Promise<unknown>;
}

/** A durable subscriber over a socket of its own. */
async function open(url: string, authorization: string, name: unknown, id = 'north'): Promise<Durable> {
  const pongs: ((payload: unknown) => void)[] = [];
  const opened = Promise.withResolvers<WebSocket>();
  const client = connect(url, {
    connectionParams: { authorization },
    lazy: false,
    on: {
      connected: (socket) => opened.resolve(socket as WebSocket),
      pong: (received, payload) => {
        if (received) pongs.shift()?.(payload);
      },
    },
  });
  clients.push(client);
  const socket = await opened.promise;
  return {
    stream: subscribe(client, reading, { id }, { durable: name }),
    acknowledge(cursor) {
      const told = new Promise((resolve) => pongs.push(resolve));
      socket.send(JSON.stringify({ type: 'ping', payload: { ack: { durable: name, cursor } } }));
      return told;
    },
    [Symbol.asyncDispose]: async () => client.dispose(),
  };
}

async function heard(stream: Stream, count: number): Promise<GraphqlAnswer[]> {
  const messages: GraphqlAnswer[] = [];
  while (messages.length < count) messages.push(await stream.next());
  return messages;
}

const buses = {
  'the local bus': async () => {
    const bus = await openLocalBus({ log: memoryLog().log });
    return { one: bus, other: bus, [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose]() };
  },
  NATS: async () => {
    const { value, closers } = await openAll(async (opening) => {
      const { url } = opening.use(await startNats());
      const bus = async (name: string) => opening.use(await openNatsBus({ url, name, log: memoryLog().log }));
      return { one: await bus('one'), other: await bus('other') };
    });
    return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
  },
} satisfies Record<string, () => Promise<{ one: Bus; other: Bus } & AsyncDisposable>>;

for (const [name, openBuses] of Object.entries(buses)) {
  const run = name === 'NATS' && !serverBinary('nats-server') ? describe.skip : describe;
  run(`a durable subscriber, over ${name},`, () => {
    let bus: Awaited<ReturnType<typeof openBuses>>;
    let world: StationWorld;
    let other: Federation;
    beforeAll(async () => {
      bus = await openBuses();
      await bus.one.ensureStreams([durables]);
      world = await startStations({ settings, ports: { cache } }, bus.one);
      other = await startFederation(measured(world), {
        settings,
        virtual: [{ name: 'events', sdl: events }],
        ports: { bus: bus.other, cache },
      });
    });
    afterAll(async () => {
      await other?.[Symbol.asyncDispose]();
      await world?.[Symbol.asyncDispose]();
      await bus?.[Symbol.asyncDispose]();
    });

    test('is given again what it has not acknowledged, on any gateway', async () => {
      const partner = await newcomer();
      let first: number;
      {
        await using mine = await open(world.federation.url, partner, 'shop');
        first = serialOf(await mine.stream.next());
        for (let degrees = 0; degrees < 4; degrees++) await world.measure('north', degrees);
        const messages = await heard(mine.stream, 4);
        expect(messages.map(serialOf)).toEqual([1, 2, 3, 4].map((step) => first + step));
        const cursor = cursorOf(messages[1]!);
        expect(await mine.acknowledge(cursor)).toEqual({ acknowledged: cursor });
      }
      await world.measure('north', 5);
      for (const { url } of [other, world.federation]) {
        await using again = await open(url, partner, 'shop');
        const messages = await heard(again.stream, 3);
        expect(messages.map(serialOf)).toEqual([3, 4, 5].map((step) => first + step));
        for (const message of messages) expect(message.extensions).not.toHaveProperty('gap');
      }
    });

    test('that has acknowledged nothing is given all since it began', async () => {
      const partner = await newcomer();
      const before = await open(world.federation.url, partner, 'new');
      const first = serialOf(await before.stream.next());
      await before[Symbol.asyncDispose]();
      await world.measure('north', 1);
      await world.measure('north', 2);
      await using again = await open(other.url, partner, 'new');
      expect((await heard(again.stream, 2)).map(serialOf)).toEqual([first + 1, first + 2]);
    });

    test('is given no more than it may have unacknowledged, then the rest, each once', async () => {
      const partner = await newcomer();
      await using mine = await open(world.federation.url, partner, 'slow', 'south');
      // Others who listen to the same are not held up.
      await using quick = subscribe(connectAs(world.federation.url, partner), reading, { id: 'south' });
      const first = serialOf(await mine.stream.next());
      await quick.next();
      for (let degrees = 0; degrees < 40; degrees++) {
        await world.measure('south', degrees);
        await quick.next();
      }
      const serials: number[] = [];
      while (serials.length < 40) {
        const some = await heard(mine.stream, Math.min(5, 40 - serials.length));
        serials.push(...some.map(serialOf));
        await setTimeout(20);
        // Five are with it, and it has not said that it has them.
        expect(mine.stream.waiting).toBe(0);
        await mine.acknowledge(cursorOf(some.at(-1)!));
      }
      expect(serials).toEqual(Array.from({ length: 40 }, (_, index) => first + 1 + index));
      await world.measure('south', 41);
      expect(serialOf(await mine.stream.next())).toBe(first + 41);
    });

    test('has one subscription at a time: the newest, on whichever gateway', async () => {
      const partner = await newcomer();
      await using before = await open(world.federation.url, partner, 'one');
      await before.stream.next();
      await using after = await open(other.url, partner, 'one');
      expect(await before.stream.ended).toMatchObject([{ extensions: { code: 'DURABLE_MOVED' } }]);
      await world.measure('north', 9);
      await after.stream.next();
    });

    test('acknowledges by POST where its transport has no way back, also at another gateway', async () => {
      const authorization = await newcomer();
      const headers = { authorization, 'content-type': 'application/json' };
      const leaving = new AbortController();
      const response = await fetch(`${world.federation.url}/graphql`, {
        method: 'POST',
        headers: { ...headers, accept: 'text/event-stream' },
        body: JSON.stringify({
          query: reading,
          variables: { id: 'deep' },
          extensions: { durable: 'events' },
        }),
        signal: leaving.signal,
      });
      const text = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let got = '';
      const ids = () => [...got.matchAll(/^id: (.*)\n/gm)].map(([, id]) => id!);
      const read = async (count: number) => {
        while (ids().length < count) got += (await text.read()).value;
        return ids();
      };
      await read(1);
      for (let degrees = 0; degrees < 8; degrees++) await world.measure('deep', degrees);
      const acknowledge = async (body: object) => {
        const answer = await fetch(`${other.url}/graphql/acknowledge`, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
        });
        return [answer.status, await answer.json()];
      };
      const cursor = (await read(6)).at(-1)!;
      expect(ids()).toHaveLength(6);
      expect(await acknowledge({ durable: 'events', cursor })).toEqual([200, { acknowledged: cursor }]);
      // Those that were held back come to the gateway that has the stream.
      await read(9);
      leaving.abort();
      for (const [body, status, code] of [
        [{ durable: 'events', cursor: 'nonsense' }, 400, 'CURSOR_INVALID'],
        [{ durable: 'no such', cursor }, 400, 'BAD_USER_INPUT'],
        [{ durable: 'unknown', cursor }, 404, 'NOT_FOUND'],
      ] as const) {
        expect(await acknowledge(body)).toMatchObject([status, { errors: [{ extensions: { code } }] }]);
      }
    });

    test('is refused what it may not have', async () => {
      const partner = await newcomer();
      const refused = async (authorization: string, name: unknown, code: string, id?: string) => {
        await using mine = await open(world.federation.url, authorization, name, id);
        expect(await mine.stream.ended).toMatchObject([{ extensions: { code } }]);
      };
      await refused(await newcomer('customer'), 'any', 'NOT_SUPPORTED');
      await refused(partner, 'no such name', 'BAD_USER_INPUT');
      for (const name of ['a', 'b', 'c']) {
        await using mine = await open(world.federation.url, partner, name);
        await mine.stream.next();
      }
      await refused(partner, 'd', 'TOO_MANY');
      await refused(partner, 'a', 'DURABLE_CONFLICT', 'south');
      // What did not begin leaves nothing on the bus, where it would take the place of what others have acknowledged.
      const { length } = await bus.one.newest('durables.gateway.>', 1_000);
      await refused(await newcomer(), 'nothing', 'NOT_FOUND', 'nowhere');
      expect((await bus.one.newest('durables.gateway.>', 1_000)).length).toBe(length);
      // Nor when he asks for all of them at once.
      const hasty = await newcomer();
      const both = connectAs(world.federation.url, hasty);
      const many = Array.from({ length: 12 }, (_, at) =>
        subscribe(both, reading, { id: 'north' }, { durable: `hasty-${at}` }),
      );
      const ends = await Promise.all(
        many.map((stream) => Promise.race([stream.next().then(() => 'begun' as const), stream.ended])),
      );
      expect(ends.filter((end) => end === 'begun')).toHaveLength(3);
      await both.dispose();
      // Another one's names are his own.
      await using another = await open(world.federation.url, await newcomer(), 'a', 'south');
      await another.stream.next();
      await until('they have left', async () => {
        const text = await (await fetch(`${world.federation.url}/metrics`)).text();
        return /^gateway_durable_subscribers(\{.*\})? 1$/m.test(text);
      });
    });
  });
}

function connectAs(url: string, authorization: string): Client {
  const client = connect(url, { connectionParams: { authorization } });
  clients.push(client);
  return client;
}
