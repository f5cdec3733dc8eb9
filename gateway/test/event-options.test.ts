import { createSecretKey } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { signToken } from '@alexandrite/auth/token';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { serverBinary } from '../../e2e/harness/servers.ts';
import { compose, type GraphqlAnswer } from './federation.ts';
import { deadLetters, events, type Readings, startReadings, streams } from './readings.ts';
import { connect, type Stream, subscribe } from './socket-client.ts';

const secret = 'a secret of the tests, long enough';
const settings = {
  auth: { sharedSecret: secret },
  subscriptions: {
    cursorSecret: 'a secret that signs the cursors of tests',
    deadLetterSubject: 'dead.gateway',
  },
};
const tokenOf = async (sub: string) =>
  `Bearer ${await signToken(createSecretKey(Buffer.from(secret)), { sub, role: 'customer' }, 600)}`;

interface Heard {
  station: string;
  degrees: number;
}

/** What an answer says, whatever its field is called. */
function read({ data }: GraphqlAnswer): Heard {
  const [reading] = Object.values(data as Record<string, { station: { id: string }; degrees: number }>);
  return { station: reading!.station.id, degrees: reading!.degrees };
}

const gapOf = ({ extensions }: GraphqlAnswer) =>
  extensions?.gap as { missed: number; reason: string } | undefined;

for (const broker of ['local', 'nats'] as const) {
  if (broker === 'nats' && !serverBinary('nats-server')) {
    describe.skip('event fields on nats', () => test('needs nats-server', () => {}));
    continue;
  }
  describe(`event fields on ${broker}`, () => {
    let world: Readings;
    const clients: Client[] = [];
    beforeAll(async () => {
      world = await startReadings(broker, [...streams, deadLetters], settings);
    });
    afterEach(async () => {
      for (const client of clients.splice(0)) await client.dispose();
    });
    afterAll(async () => {
      await world?.[Symbol.asyncDispose]();
    });

    interface Asking {
      authorization?: string;
      variables?: Record<string, unknown>;
      extensions?: Record<string, unknown>;
      url?: string;
    }
    /** Subscribes, without waiting for the state at the beginning. */
    function ask(field: string, { authorization, variables, extensions, url }: Asking = {}): Stream {
      const client = connect(
        url ?? world.federation.url,
        authorization ? { connectionParams: { authorization } } : {},
      );
      clients.push(client);
      const declared = field.includes('$except')
        ? '($sky: [Sky!], $except: ID)'
        : variables
          ? '($sky: [Sky!])'
          : '';
      return subscribe(
        client,
        `subscription ${declared} { ${field} { degrees station { id } } }`,
        variables,
        extensions,
      );
    }
    /** The same, from when every event will be seen. */
    async function listen(field: string, asking?: Asking): Promise<Stream> {
      const stream = ask(field, asking);
      await stream.next();
      return stream;
    }

    test('have filters by payload and arguments', async () => {
      const field = 'chosen(sky: $sky, except: $except)';
      const clear = await listen(field, { variables: { sky: ['CLEAR'], except: 'b' } });
      const every = await listen(field, { variables: { sky: ['CLEAR', 'CLOUDED'] } });
      await world.measure('a', 1, { sky: 'CLOUDED' });
      await world.measure('b', 2);
      await world.measure('a', 3);
      await world.measure('c', 4);
      expect(read(await clear.next())).toEqual({ station: 'a', degrees: 3 });
      expect(read(await clear.next())).toEqual({ station: 'c', degrees: 4 });
      for (const degrees of [1, 2, 3, 4]) expect(read(await every.next())).toMatchObject({ degrees });
    });

    test('have filters by claims, which a caller without them cannot pass', async () => {
      const ada = await listen('own', { authorization: await tokenOf('ada') });
      const bob = await listen('own', { authorization: await tokenOf('bob') });
      await world.measure('a', 1, { owner: 'bob' });
      await world.measure('a', 2, { owner: 'ada' });
      await world.measure('a', 3, { owner: 'bob' });
      expect(read(await ada.next())).toMatchObject({ degrees: 2 });
      expect(read(await bob.next())).toMatchObject({ degrees: 1 });
      expect(read(await bob.next())).toMatchObject({ degrees: 3 });
      expect(await ask('own').ended).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    });

    test('resume behind events that their filter has left out', async () => {
      const asking = { variables: { sky: ['CLEAR'] } };
      const field = 'chosen(sky: $sky)';
      const first = await listen(field, asking);
      await world.measure('a', 1);
      const { extensions } = await first.next();
      await world.measure('a', 2, { sky: 'CLOUDED' });
      await first[Symbol.asyncDispose]();
      await world.measure('a', 3, { sky: 'CLOUDED' });
      await world.measure('a', 4);
      const resumed = ask(field, {
        ...asking,
        extensions: { resumeFrom: extensions?.cursor },
        url: world.other.url,
      });
      const next = await resumed.next();
      expect(read(next)).toMatchObject({ degrees: 4 });
      expect(gapOf(next)).toBeUndefined();
    });

    test('belong to the stream that they name', async () => {
      expect(await ask('elsewhere').ended).toMatchObject([{ extensions: { code: 'EVENTS_UNAVAILABLE' } }]);
    });

    test('leave one dead letter for an event that does not fit, however many meet it', async () => {
      await using letters = await world.bus.subscribe(['dead.>']);
      const found = letters[Symbol.asyncIterator]();
      const listeners = [
        await listen('all'),
        await listen('again: all'),
        await listen('all', { url: world.other.url }),
      ];
      const filtered = await listen('own', { authorization: await tokenOf('ada') });
      const before = await world.counted('gateway_subscription_dead_letters_total', 'outcome="published"');
      await world.publish({ station: { id: 'a' }, owner: 'ada', degrees: 'warm' });
      await world.publish({ station: { id: 'a' }, degrees: 7 });
      await world.measure('a', 8);
      for (const stream of [...listeners, filtered]) {
        // What lacks an owner fits whoever does not ask for it.
        let next = read(await stream.next());
        if (stream !== filtered) next = read(await stream.next());
        expect(next).toMatchObject({ degrees: 8 });
      }
      const heard = [await found.next(), await found.next(), await found.next()].map(({ value }) => value);
      expect(heard.map(({ subject }) => subject).sort()).toEqual([
        'dead.gateway.all',
        'dead.gateway.own',
        'dead.gateway.own',
      ]);
      expect(heard.find(({ subject }) => subject === 'dead.gateway.all').payload).toMatchObject({
        stream: 'READINGS',
        subject: 'readings.here',
        payload: { degrees: 'warm' },
        reason: expect.stringContaining('degrees'),
      });
      expect(heard.map(({ payload }) => payload.reason)).toContain('what its filter asks for is not there');
      // The next one of all shows that nothing else has come between.
      await world.publish('nonsense');
      expect((await found.next()).value.payload).toMatchObject({ payload: 'nonsense' });
      const after = await world.counted('gateway_subscription_dead_letters_total', 'outcome="published"');
      expect(after - before).toBeGreaterThanOrEqual(2);
    });

    test('go no faster than the client asks, and lose nothing but needless ones', async () => {
      const stream = await listen('newest', { extensions: { maxRate: 40 } });
      const began = performance.now();
      for (let degrees = 1; degrees <= 200; degrees++) await world.measure(`s${degrees % 4}`, degrees);
      const newest = new Map<string, number>();
      let [heard, missed] = [0, 0];
      while (heard + missed < 200) {
        const answer = await stream.next();
        heard++;
        const gap = gapOf(answer);
        if (gap) {
          expect(gap.reason).toBe('CONFLATED');
          missed += gap.missed;
        }
        const { station, degrees } = read(answer);
        expect(degrees).toBeGreaterThan(Math.max(0, ...newest.values()));
        newest.set(station, degrees);
      }
      expect(Object.fromEntries(newest)).toEqual({ s0: 200, s1: 197, s2: 198, s3: 199 });
      expect(heard - 1).toBeLessThanOrEqual(((performance.now() - began) / 1_000) * 40 + 1);
    });

    test('have a rate of their own, which a client may change', async () => {
      const [slow, fast] = [
        await listen('paced'),
        await listen('paced', { extensions: { maxRate: 10_000 } }),
      ];
      for (let degrees = 1; degrees <= 30; degrees++) await world.measure('s', degrees);
      let fastMissed = 0;
      for (;;) {
        const answer = await fast.next();
        fastMissed += gapOf(answer)?.missed ?? 0;
        if (read(answer).degrees === 30) break;
      }
      let [heard, missed] = [0, 0];
      while (heard + missed < 30) {
        heard++;
        missed += gapOf(await slow.next())?.missed ?? 0;
      }
      expect(missed).toBeGreaterThan(fastMissed);
    });

    test('without a key drop what is too much, and say so', async () => {
      const stream = await listen('all', { extensions: { maxRate: 20 } });
      for (let degrees = 1; degrees <= 100; degrees++) await world.measure('s', degrees);
      let [heard, missed, last] = [0, 0, 0];
      while (heard + missed < 100) {
        const answer = await stream.next();
        heard++;
        const gap = gapOf(answer);
        if (gap) expect(gap.reason).toBe('RATE');
        missed += gap?.missed ?? 0;
        last = read(answer).degrees;
      }
      expect(last).toBe(100);
      expect(missed).toBeGreaterThan(0);
    });

    test.each([0, -1, 'fast', 20_000, {}])('refuse the rate %p', async (maxRate) => {
      expect(await ask('all', { extensions: { maxRate } }).ended).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('extensions.maxRate') },
      ]);
    });

    test('resume behind a needless one with the newest of every key', async () => {
      const stream = await listen('newest', { extensions: { maxRate: 20 } });
      for (let degrees = 1; degrees <= 40; degrees++) await world.measure(`s${degrees % 8}`, degrees);
      const newest = new Map<string, number>();
      let cursor: unknown;
      for (let count = 0; count < 4; count++) {
        const answer = await stream.next();
        cursor = answer.extensions?.cursor;
        newest.set(read(answer).station, read(answer).degrees);
      }
      await stream[Symbol.asyncDispose]();
      await setTimeout(10);
      const resumed = ask('newest', { extensions: { resumeFrom: cursor }, url: world.other.url });
      while (newest.get('s0') !== 40) {
        const answer = await resumed.next();
        expect(gapOf(answer)).toBeUndefined();
        newest.set(read(answer).station, read(answer).degrees);
      }
      for (let station = 0; station < 8; station++) {
        expect(newest.get(`s${station}`)).toBe(station === 0 ? 40 : 32 + station);
      }
    });
  });
}

test.each([
  ['fieldPath: "owner"', 'fieldpath: "owner"', '@natsSubscribe(filter:)'],
  ['{ AND: [', '{ XOR: [', '@natsSubscribe(filter:)'],
  ['maxRate: 50', 'maxRate: "fast"', '@natsSubscribe(maxRate:)'],
  ['streamName: "OTHERS"', 'stream: "OTHERS"', '@natsSubscribe(streamConfiguration:)'],
])('composition refuses what is not of its type: %s as %s', (right, wrong, message) => {
  const subgraphs = (sdl: string) => [
    { name: 'events', sdl, url: 'bus://events' },
    { name: 'other', sdl: 'type Query { other: Int }', url: 'http://other' },
  ];
  expect(compose(subgraphs(events))).toContain('@natsSubscribe');
  expect(() => compose(subgraphs(events.replace(right, wrong)))).toThrow(message);
});

test('what the directive is made of is none of the clients’ types', async () => {
  await using world = await startReadings('local', streams, settings);
  const { data } = await world.federation.ask('{ __schema { types { name } directives { name } } }');
  expect(JSON.stringify(data)).toContain('"Reading"');
  expect(JSON.stringify(data)).not.toMatch(/events__|natsSubscribe/);
});

test('dead letters without a stream are counted as failed, and the subscription goes on', async () => {
  await using world = await startReadings('local', streams, settings);
  const client = connect(world.federation.url);
  await using stream = subscribe(client, 'subscription { all { degrees } }');
  await stream.next();
  await world.publish('nonsense');
  await world.measure('a', 5);
  expect(await stream.next()).toMatchObject({ data: { all: { degrees: 5 } } });
  while ((await world.counted('gateway_subscription_dead_letters_total', 'outcome="failed"')) < 1) {
    await setTimeout(10);
  }
  expect(await world.counted('gateway_subscription_bad_payloads_total', 'field="all"')).toBe(1);
  expect(await world.counted('gateway_subscription_delivered_total', 'field="all"')).toBe(2);
  await client.dispose();
});
