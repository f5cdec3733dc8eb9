import { openLocalBus } from '@alexandrite/bus/local';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { describe, expect, test } from '@jest/globals';
import { type GraphqlAnswer, startFederation } from './federation.ts';
import { connect, subscribe } from './socket-client.ts';
import { events, measured, startStations } from './stations.ts';

const reading = 'subscription R($id: ID!) { reading(id: $id) { serial } }';
const serialOf = ({ data }: GraphqlAnswer) => (data as { reading: { serial: number } }).reading.serial;

describe('a gateway that ends', () => {
  test('sends its clients away one after another', async () => {
    const world = await startStations({ settings: { subscriptions: { drainMs: 2_000 } } });
    const closedAt: number[] = [];
    const codes = new Set<number>();
    const streams = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const client = connect(world.federation.url, {
          on: {
            closed(event) {
              closedAt.push(performance.now());
              codes.add((event as { code: number }).code);
            },
          },
        });
        const stream = subscribe(client, reading, { id: 'north' });
        await stream.next();
        return stream;
      }),
    );
    await world[Symbol.asyncDispose]();
    await Promise.all(streams.map((stream) => stream.ended));
    expect([...codes]).toEqual([1001]);
    // 2 ms for each of them, by lot: never all in the same turn.
    expect(Math.max(...closedAt) - Math.min(...closedAt)).toBeGreaterThan(50);
  });

  test('answers what is under way before it says goodbye', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<string>();
    const federation = await startFederation([
      {
        name: 'slow',
        sdl: 'type Query { nothing: Int } type Mutation { pay: String }',
        resolvers: {
          Mutation: {
            pay() {
              asked.resolve();
              return answer.promise;
            },
          },
        },
      },
    ]);
    const closed = Promise.withResolvers<number>();
    const client = connect(federation.url, {
      on: { closed: (event) => closed.resolve((event as { code: number }).code) },
    });
    const stream = subscribe(client, 'mutation { pay }');
    await asked.promise;
    const ending = federation.gateway[Symbol.asyncDispose]();
    answer.resolve('paid');
    expect(await stream.next()).toMatchObject({ data: { pay: 'paid' } });
    expect(await stream.ended).toBeNull();
    expect([1000, 1001]).toContain(await closed.promise);
    await ending;
    await federation[Symbol.asyncDispose]();
  });

  test('leaves a client of graphql-ws that goes on where it was, on another gateway', async () => {
    await using bus = await openLocalBus({ log: memoryLog().log });
    const settings = { subscriptions: { cursorSecret: 'a secret that signs the cursors of tests' } };
    const world = await startStations({ settings }, bus);
    await using other = await startFederation(measured(world), {
      settings,
      virtual: [{ name: 'events', sdl: events }],
      ports: { bus },
    });
    let { url } = world.federation;
    const client = connect(world.federation.url, {
      url: () => `${url.replace('http', 'ws')}/graphql`,
      retryAttempts: 5,
      retryWait: async () => undefined,
    });
    // The client sends the same object when it comes back.
    const extensions: Record<string, unknown> = {};
    await using stream = subscribe(client, reading, { id: 'north' }, extensions);
    const first = await stream.next();
    extensions.resumeFrom = first.extensions?.cursor;
    url = other.url;
    await world.federation.gateway[Symbol.asyncDispose]();
    await world.measure('north', 1);
    await world.measure('north', 2);
    const heard = [first, await stream.next(), await stream.next()].map(serialOf);
    expect(heard).toEqual([1, 2, 3]);
    await client.dispose();
    await world[Symbol.asyncDispose]();
  });
});
