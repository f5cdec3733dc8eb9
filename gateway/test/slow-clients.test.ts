import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { type Readings, startReadings, streams } from './readings.ts';
import { connect, type Stream, subscribe } from './socket-client.ts';

let world: Readings;
const clients: Client[] = [];
/** `maxUnreadMs`: how long a client may read nothing. */
function inWorld(maxUnreadMs: number) {
  beforeAll(async () => {
    world = await startReadings('local', streams, {
      subscriptions: { maxBuffered: 4, maxUnreadMs, keepAliveMs: 10_000 },
    });
  });
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });
}
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

const pictures = (field: string) => `subscription { ${field} { degrees station { id picture } } }`;

/** A client that can stop to read. */
async function listen(field: string): Promise<{ stream: Stream; socket: WebSocket }> {
  let socket: WebSocket | undefined;
  const client = connect(world.federation.url, {
    on: {
      opened(opened) {
        socket = opened as WebSocket;
      },
    },
  });
  clients.push(client);
  const stream = subscribe(client, pictures(field));
  await stream.next();
  return { stream, socket: socket! };
}

/** Each is 2 MiB for whoever asks for the picture. */
async function measureLarge(count: number, stations: number) {
  for (let degrees = 1; degrees <= count; degrees++) {
    await world.measure(`large${degrees % stations}`, degrees);
  }
}

/** The same, and every one of them is resolved, and handed to the client. */
async function deliverLarge(count: number, stations: number) {
  const { seen } = world.federation.subgraphs.weather!;
  const before = seen.length;
  await measureLarge(count, stations);
  while (seen.length < before + count) await setTimeout(10);
}

async function hearAll(stream: Stream, count: number) {
  const heard: { station: string; degrees: number }[] = [];
  const reasons = new Map<string, number>();
  let missed = 0;
  while (heard.length + missed < count) {
    const { data, extensions } = await stream.next();
    const [reading] = Object.values(data as Record<string, { degrees: number; station: { id: string } }>);
    heard.push({ station: reading!.station.id, degrees: reading!.degrees });
    const gap = extensions?.gap as { missed: number; reason: string } | undefined;
    if (!gap) continue;
    missed += gap.missed;
    reasons.set(gap.reason, (reasons.get(gap.reason) ?? 0) + gap.missed);
  }
  return { heard, reasons };
}

describe('a client that is slow', () => {
  inWorld(60_000);

  test('gets the newest of every key, and is told how many have come in a newer state', async () => {
    const { stream, socket } = await listen('newest');
    socket.pause();
    await deliverLarge(24, 3);
    socket.resume();
    const { heard, reasons } = await hearAll(stream, 24);
    expect([...reasons.keys()]).toEqual(['CONFLATED']);
    expect(heard.slice(-3).map(({ degrees }) => degrees)).toEqual([22, 23, 24]);
    expect(await world.counted('gateway_subscription_conflated_total', 'field="newest"')).toBeGreaterThan(0);
    expect(await world.counted('gateway_subscription_gaps_total', 'field="newest"')).toBeGreaterThan(0);
    expect(await world.counted('gateway_subscription_missed_total', 'field="newest"')).toBe(0);
  });

  test('misses the oldest where there is no key', async () => {
    const { stream, socket } = await listen('all');
    socket.pause();
    await deliverLarge(24, 3);
    socket.resume();
    const { heard, reasons } = await hearAll(stream, 24);
    expect([...reasons.keys()]).toEqual(['SLOW_CLIENT']);
    expect(heard.at(-1)!.degrees).toBe(24);
    expect(await world.counted('gateway_subscription_missed_total', 'field="all"')).toBeGreaterThan(0);
  });
});

describe('a client that reads nothing', () => {
  inWorld(1_500);

  test('is closed with a code, on which it may come back', async () => {
    const { stream, socket } = await listen('all');
    socket.pause();
    await measureLarge(12, 3);
    const active = () => world.counted('gateway_subscriptions_active', 'field="all"');
    while ((await world.counted('gateway_slow_sockets_closed_total')) === 0) await setTimeout(20);
    expect(await active()).toBe(0);
    socket.resume();
    expect(String(await stream.ended)).toContain('closed with 4420: Expected the client to read');
  });

  test('is cut off over HTTP', async () => {
    const gone = new AbortController();
    const response = await fetch(
      `${world.federation.url}/graphql?query=${encodeURIComponent(pictures('all'))}`,
      { headers: { accept: 'text/event-stream' }, signal: gone.signal },
    );
    const reader = response.body!.getReader();
    await reader.read();
    await measureLarge(12, 3);
    while ((await world.counted('gateway_subscriptions_active', 'field="all"')) > 0) await setTimeout(20);
    await expect(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ).rejects.toThrow();
    gone.abort();
  });

  test('for a while, again and again, is not closed', async () => {
    const { stream, socket } = await listen('newest');
    const closed = await world.counted('gateway_slow_sockets_closed_total');
    for (let round = 0; round < 3; round++) {
      await measureLarge(6, 3);
      socket.pause();
      await setTimeout(300);
      socket.resume();
      await hearAll(stream, 6);
    }
    expect(await world.counted('gateway_slow_sockets_closed_total')).toBe(closed);
  });
});
