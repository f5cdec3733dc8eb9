import { expect, test } from '@jest/globals';
import { SourceEnded, type SourceEvent } from '../subscriptions/event-source.ts';
import { lost, misunderstood } from './lost.ts';
import { SubgraphSource } from './subgraph-source.ts';
import type { UpstreamListener } from './upstream.ts';

/** A source whose subgraph does what the test says, one listener for each connection. */
async function openSource(giveUpAfterMs = 10_000) {
  const listeners: UpstreamListener[] = [];
  const waiting: ((listener: UpstreamListener) => void)[] = [];
  let closed = 0;
  const opening = SubgraphSource.open({
    subgraph: 'harbour',
    field: 'arrived',
    after: 7,
    giveUpAfterMs,
    request: async () => ({ body: '{}', headers: {}, credentials: '' }),
    open: (_, listener) => {
      listeners.push(listener);
      waiting.shift()?.(listener);
      return { close: () => closed++ };
    },
  });
  // The request is made in a turn of its own.
  await new Promise(setImmediate);
  return {
    opening,
    first: listeners[0]!,
    next: () => new Promise<UpstreamListener>((resolve) => waiting.push(resolve)),
    closed: () => closed,
  };
}

async function take(source: AsyncIterable<SourceEvent>, count: number): Promise<SourceEvent[]> {
  const events: SourceEvent[] = [];
  for await (const event of source) if (events.push(event) === count) break;
  return events;
}

const event = (tons: number) => ({ data: { tons }, errors: [] });

test('a slow reader gets the newest events, and the number of those that are missing', async () => {
  const { opening, first } = await openSource();
  first.opened();
  const source = await opening;
  for (let tons = 1; tons <= 1_100; tons++) first.event(event(tons));
  const [oldest] = await take(source, 1);
  expect(source.dropped).toBe(76);
  expect(oldest).toMatchObject({ sequence: 7 + 77, payload: { tons: 77 } });
  await source[Symbol.asyncDispose]();
});

test('the first event behind a lost connection tells of the gap, also when that event is dropped', async () => {
  const { opening, first, next } = await openSource();
  first.opened();
  const source = await opening;
  first.event(event(1));
  first.ended(lost('harbour', 'it has gone'));
  const second = await next();
  second.opened();
  second.event(event(2));
  const gap = { missed: null, reason: 'SUBGRAPH_LOST' };
  expect(await take(source, 2)).toMatchObject([{ gap: undefined }, { payload: { tons: 2 }, gap }]);
  second.ended(lost('harbour', 'it has gone'));
  const third = await next();
  third.opened();
  for (let tons = 0; tons < 1_025; tons++) third.event(event(tons));
  expect(await take(source, 2)).toMatchObject([{ payload: { tons: 1 }, gap }, { gap: undefined }]);
  await source[Symbol.asyncDispose]();
});

test('it ends with the reason once what has come is read', async () => {
  const { opening, first } = await openSource();
  first.opened();
  const source = await opening;
  first.event(event(1));
  first.ended(misunderstood('harbour', 'this', 'that'));
  const heard: unknown[] = [];
  const reading = (async () => {
    for await (const { payload } of source) heard.push(payload);
  })();
  await expect(reading).rejects.toThrow(SourceEnded);
  expect(heard).toEqual([{ tons: 1 }]);
});

test('a connection that cannot be made is told at once, and one that nobody waits for is closed', async () => {
  const refused = await openSource();
  const failing = expect(refused.opening).rejects.toMatchObject({
    errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE', http: { status: 503 } } }],
  });
  refused.first.ended(lost('harbour', 'there is nobody'));
  await failing;

  const left = await openSource();
  left.first.opened();
  await (await left.opening)[Symbol.asyncDispose]();
  expect(left.closed()).toBe(1);
});
