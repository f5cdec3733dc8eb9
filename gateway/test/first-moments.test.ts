import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type HarbourWorld, startHarbour } from './harbour.ts';
import { connect, subscribe } from './socket-client.ts';

const query = 'subscription { arrived(harbour: "here") { id tons } }';

describe.each(['ws', 'sse'] as const)(
  'a subgraph that has something to say at once, over %s,',
  (protocol) => {
    let world: HarbourWorld;
    beforeAll(async () => {
      world = await startHarbour({ protocol });
    });
    afterAll(async () => {
      await world?.[Symbol.asyncDispose]();
    });

    test('is heard from its first event on, by all who have subscribed together', async () => {
      const { ships } = world;
      const listen = ships.subscribe.bind(ships);
      // In the same turn in which it is asked.
      ships.subscribe = () => {
        const events = listen();
        for (const tons of [1, 2, 3]) ships.publish({ id: 'x', tons });
        return events;
      };
      const client = connect(world.url);
      const streams = [1, 2, 3].map(() => subscribe(client, query));
      for (const stream of streams) {
        for (const tons of [1, 2, 3]) {
          expect(await stream.next()).toMatchObject({ data: { arrived: { tons } } });
        }
      }
      await client.dispose();
      ships.subscribe = listen;
    });

    test('is listened to when clients are told that their subscription stands', async () => {
      world.harbour.slowToReadMs = 100;
      for (let round = 0; round < 3; round++) {
        const leaving = new AbortController();
        // The head of the answer says so.
        const { body } = await fetch(`${world.url}/graphql?query=${encodeURIComponent(query)}`, {
          headers: { accept: 'text/event-stream' },
          signal: AbortSignal.any([leaving.signal, AbortSignal.timeout(10_000)]),
        });
        world.ships.publish({ id: 'x', tons: round });
        const text = body!.pipeThrough(new TextDecoderStream()).getReader();
        let heard = '';
        while (!heard.includes('data: ')) heard += (await text.read()).value;
        expect(heard).toContain(`"tons":${round}`);
        leaving.abort();
      }
    });
  },
);
