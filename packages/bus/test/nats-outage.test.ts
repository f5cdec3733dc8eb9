import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverBinary, startNats, type TestServer } from '../../../e2e/harness/servers.ts';
import type { Bus, BusMessage, ConsumeOptions, StreamDefinition } from '../src/bus.ts';
import { openNatsBus } from '../src/nats.ts';
import { take, until } from './bus-contract.ts';
import { quiet } from './quiet.ts';

const log: StreamDefinition = {
  name: 'LOG',
  subjects: ['log.>'],
  kind: 'log',
  maxAgeMs: 3_600_000,
  maxMessages: 100_000,
  duplicateWindowMs: 60_000,
};
const work: StreamDefinition = { ...log, name: 'WORK', subjects: ['work.>'], kind: 'work' };
const worker: ConsumeOptions = {
  stream: 'WORK',
  durable: 'worker',
  concurrency: 4,
  maxDeliveries: 10,
  backoffMs: [50],
  ackWaitMs: 2_000,
};
const numberOf = ({ payload }: BusMessage) => (payload as { i: number }).i;

(serverBinary('nats-server') ? describe : describe.skip)('when NATS goes away', () => {
  let server: TestServer;
  let publisher: Bus;
  let bus: Bus;
  beforeAll(async () => {
    server = await startNats();
    publisher = await openNatsBus({ url: server.url, name: 'publisher', log: quiet });
    bus = await openNatsBus({ url: server.url, name: 'reader', log: quiet });
    await publisher.ensureStreams([log, work]);
  });
  afterAll(async () => {
    await publisher[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** As a relay does: until the bus has confirmed it. */
  const publishSurely = async (subject: string, i: number) => {
    for (;;) {
      try {
        await publisher.publish(subject, { i }, { messageId: `${subject}:${i}` });
        return;
      } catch (error) {
        expect(error).toMatchObject({ code: 'UNAVAILABLE' });
      }
    }
  };

  test('subscriptions and durables go on behind a kill -9, with nothing lost, doubled or out of order', async () => {
    await using subscription = await bus.subscribe(['log.a.*']);
    const seen: BusMessage[] = [];
    const reading = (async () => {
      for await (const message of subscription) seen.push(message);
    })();
    const handled = new Set<number>();
    await using _consumption = await bus.consume(worker, async (delivery) => {
      handled.add(numberOf(delivery));
    });
    const total = 400;
    let sent = 0;
    const publishing = (async () => {
      while (sent < total) {
        const i = ++sent;
        await Promise.all([publishSurely('log.a.b', i), publishSurely('work.a', i)]);
        await sleep(2);
      }
    })();
    for (const outage of [100, 250]) {
      await until(() => sent >= outage);
      await server.kill();
      await until(() => !bus.connected && !publisher.connected);
      await server.start();
      await until(() => bus.connected && publisher.connected);
    }
    await publishing;
    await until(() => seen.length >= total && handled.size === total);
    expect(seen.map(numberOf)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    expect(subscription.dropped).toBe(0);
    await subscription[Symbol.asyncDispose]();
    await reading;
    await until(async () => (await bus.depth('WORK', 'worker')).inFlight === 0);
  }, 90_000);

  test('a call does not wait for ever, and what it meant is not done behind its back', async () => {
    await using subscription = await bus.subscribe(['log.>']);
    await server.kill();
    await until(() => !publisher.connected);
    const begun = performance.now();
    const refused = await Promise.allSettled([
      publisher.publish('log.x', { i: 1 }, { messageId: 'x1' }),
      publisher.subscribe(['log.x']),
      publisher.depth('WORK', 'worker'),
    ]);
    expect(performance.now() - begun).toBeLessThan(8_000);
    for (const result of refused) expect(result).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
    await server.start();
    await until(() => publisher.connected);
    await publisher.publish('log.x', { i: 2 }, { messageId: 'x2' });
    expect((await take(subscription, 1)).map(numberOf)).toEqual([2]);
  });

  test('a backlog is read to its end across an outage', async () => {
    await using before = await bus.subscribe(['log.c']);
    for (let i = 1; i <= 20; i++) await publishSurely('log.c', i);
    await using subscription = await bus.subscribe(['log.c'], { after: before.startedAfter });
    const first = await take(subscription, 5);
    await server.kill();
    const rest = take(subscription, 15);
    await until(() => !bus.connected);
    await server.start();
    expect([...first, ...(await rest)].map(numberOf)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('closing works while it is away', async () => {
    const lonely = await openNatsBus({ url: server.url, name: 'lonely', log: quiet });
    const subscription = await lonely.subscribe(['log.>']);
    await lonely.consume({ ...worker, durable: 'worker' }, async () => {});
    await server.kill();
    await until(() => !lonely.connected);
    const begun = performance.now();
    await lonely[Symbol.asyncDispose]();
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect((await subscription[Symbol.asyncIterator]().next()).done).toBe(true);
    await server.start();
    await until(() => bus.connected && publisher.connected);
  });

  test('a server that comes back empty ends subscriptions as gone, and durables begin anew', async () => {
    await using subscription = await bus.subscribe(['log.>']);
    const handled: number[] = [];
    await using _consumption = await bus.consume(worker, async (delivery) => {
      handled.push(numberOf(delivery));
    });
    await publishSurely('log.d', 1);
    await take(subscription, 1);
    await server.kill();
    await server.wipe();
    await server.start();
    await until(() => bus.connected && publisher.connected);
    const ended = take(subscription, 1).catch((error: { code: string }) => error.code);
    await publisher.ensureStreams([log, work]);
    expect(await ended).toBe('GONE');
    await publishSurely('work.a', 77);
    await until(() => handled.includes(77));
    await using again = await bus.subscribe(['log.>']);
    await publishSurely('log.d', 2);
    expect((await take(again, 1)).map(numberOf)).toEqual([2]);
  });
});
