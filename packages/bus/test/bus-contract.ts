import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Bus,
  type BusMessage,
  type BusSubscription,
  type ConsumeOptions,
  type DeadLetter,
  maxMessageBytes,
  type StreamDefinition,
} from '../src/bus.ts';

/** What the suite needs of an adapter: a first client, and another one as far from it as the adapter allows. */
export interface BusUnderTest extends AsyncDisposable {
  bus: Bus;
  other: Bus;
}

const stream = (name: string, change: Partial<StreamDefinition> = {}): StreamDefinition => ({
  name: name.toUpperCase(),
  subjects: [`${name}.>`],
  kind: 'log',
  maxAgeMs: 3_600_000,
  maxMessages: 10_000,
  duplicateWindowMs: 60_000,
  ...change,
});

/** Waits until a condition holds; the test's own timeout is the bound. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Reads this many messages. */
export async function take(subscription: BusSubscription, count: number): Promise<BusMessage[]> {
  const taken: BusMessage[] = [];
  const iterator = subscription[Symbol.asyncIterator]();
  while (taken.length < count) {
    const { value, done } = await iterator.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** The behaviour of every bus, whatever is behind it. */
export function busContract(name: string, start: () => Promise<BusUnderTest>): void {
  describe(name, () => {
    let under: BusUnderTest;
    let bus: Bus;
    let other: Bus;
    let number = 0;

    beforeAll(async () => {
      under = await start();
      bus = under.bus;
      other = under.other;
      await bus.ensureStreams([stream('dead', { name: 'DEAD_LETTERS' })]);
    });
    afterAll(async () => {
      await under[Symbol.asyncDispose]();
    });

    /** A stream of its own for each test: its subjects begin with the name that is returned. */
    const freshStream = async (change: Partial<StreamDefinition> = {}) => {
      const fresh = `s${++number}`;
      await bus.ensureStreams([stream(fresh, change)]);
      return fresh;
    };
    const publish = async (subject: string, from: number, to: number) => {
      for (let i = from; i <= to; i++) await bus.publish(subject, { i }, { messageId: `${subject}:${i}` });
    };
    const options = (fresh: string, change: Partial<ConsumeOptions> = {}): ConsumeOptions => ({
      stream: fresh.toUpperCase(),
      durable: `d-${fresh}`,
      concurrency: 4,
      maxDeliveries: 3,
      backoffMs: [10],
      ...change,
    });
    const numbers = (messages: BusMessage[]) => messages.map(({ payload }) => (payload as { i: number }).i);

    test('a subscriber reads what is published, whole and in order', async () => {
      const s = await freshStream();
      await using subscription = await other.subscribe([`${s}.>`]);
      const payload = { text: 'золото', nested: { list: [1, null, 'x'] } };
      await bus.publish(`${s}.a`, payload, { messageId: 'm1', headers: { traceparent: '00-ab-cd-01' } });
      await bus.publish(`${s}.b`, null, { messageId: 'm2' });
      const [first, second] = await take(subscription, 2);
      expect(first).toMatchObject({
        subject: `${s}.a`,
        payload,
        headers: { traceparent: '00-ab-cd-01' },
        stream: s.toUpperCase(),
        messageId: 'm1',
      });
      expect(Math.abs(first!.publishedAt.getTime() - Date.now())).toBeLessThan(10_000);
      expect(second).toMatchObject({ subject: `${s}.b`, payload: null, headers: {}, messageId: 'm2' });
      expect(second!.sequence).toBe(first!.sequence + 1);
      expect(subscription.startedAfter).toBe(first!.sequence - 1);
    });

    test('says what is wrong with a message or a subscription', async () => {
      const s = await freshStream();
      const id = { messageId: 'x' };
      await expect(bus.publish('nowhere.at.all', 1, id)).rejects.toMatchObject({ code: 'NO_STREAM' });
      await expect(bus.subscribe(['nowhere.*'])).rejects.toMatchObject({ code: 'NO_STREAM' });
      await expect(bus.consume(options('nowhere'), async () => {})).rejects.toMatchObject({
        code: 'NO_STREAM',
      });
      const large = 'x'.repeat(maxMessageBytes);
      await expect(bus.publish(`${s}.large`, large, id)).rejects.toMatchObject({ code: 'TOO_LARGE' });
      await expect(bus.publish(`${s}.*`, 1, id)).rejects.toThrow('expected a subject');
      await bus.publish(`${s}.fits`, large.slice(0, -2), id);
    });

    test('the same message id is stored once, also when both come at once', async () => {
      const s = await freshStream();
      await using subscription = await other.subscribe([`${s}.>`]);
      await Promise.all([1, 2, 3].map((i) => bus.publish(`${s}.a`, { i }, { messageId: 'same' })));
      await other.publish(`${s}.a`, { i: 4 }, { messageId: 'same' });
      await bus.publish(`${s}.a`, { i: 5 }, { messageId: 'another' });
      const messages = await take(subscription, 2);
      expect(messages.map(({ messageId }) => messageId)).toEqual(['same', 'another']);
    });

    test('a subscription begins at now, or behind the position it is given', async () => {
      const s = await freshStream();
      await publish(`${s}.a`, 1, 3);
      await using fresh = await other.subscribe([`${s}.a`]);
      await publish(`${s}.a`, 4, 5);
      expect(numbers(await take(fresh, 2))).toEqual([4, 5]);
      await using again = await other.subscribe([`${s}.a`], { after: fresh.startedAfter - 2 });
      expect(numbers(await take(again, 4))).toEqual([2, 3, 4, 5]);
      expect(again.startedAfter).toBe(fresh.startedAfter - 2);
      await using oldest = await other.subscribe([`${s}.a`], { from: 'oldest' });
      expect(numbers(await take(oldest, 5))).toEqual([1, 2, 3, 4, 5]);
      expect(oldest.startedAfter).toBe(fresh.startedAfter - 3);
      await using none = await other.subscribe([`${s}.a`], { after: fresh.startedAfter + 2 });
      await publish(`${s}.a`, 6, 6);
      expect(numbers(await take(none, 1))).toEqual([6]);
    });

    test('a position the stream no longer has, or never had, is gone', async () => {
      const s = await freshStream({ maxMessages: 3 });
      await using before = await bus.subscribe([`${s}.>`]);
      await publish(`${s}.a`, 1, 6);
      const first = before.startedAfter + 1;
      await expect(bus.subscribe([`${s}.>`], { after: first + 1 })).rejects.toMatchObject({ code: 'GONE' });
      await using still = await bus.subscribe([`${s}.>`], { after: first + 2 });
      expect(numbers(await take(still, 3))).toEqual([4, 5, 6]);
      await expect(bus.subscribe([`${s}.>`], { after: first + 100 })).rejects.toMatchObject({ code: 'GONE' });
    });

    test('subjects may hold wildcards, and be several of one stream', async () => {
      const s = await freshStream();
      await using status = await other.subscribe([`${s}.*.o1.*`, `${s}.b.o2.*`]);
      await using all = await other.subscribe([`${s}.b.>`]);
      for (const subject of ['a.o1.x', 'a.o2.x', 'b.o2.y', 'b.o1.x', 'b.o1', 'b.o3.x.z']) {
        await bus.publish(`${s}.${subject}`, 1, { messageId: subject });
      }
      const subjects = async (subscription: BusSubscription, count: number) =>
        (await take(subscription, count)).map(({ subject }) => subject.slice(s.length + 1));
      expect(await subjects(status, 3)).toEqual(['a.o1.x', 'b.o2.y', 'b.o1.x']);
      expect(await subjects(all, 4)).toEqual(['b.o2.y', 'b.o1.x', 'b.o1', 'b.o3.x.z']);
      const t = await freshStream();
      await expect(bus.subscribe([`${s}.a`, `${t}.a`])).rejects.toMatchObject({ code: 'NO_STREAM' });
      const stream = s.toUpperCase();
      await expect(bus.subscribe([`${t}.a`], { stream })).rejects.toThrow(
        `no stream ${stream} that takes ${t}.a`,
      );
      await (await bus.subscribe([`${s}.a`], { stream }))[Symbol.asyncDispose]();
    });

    test('a slow reader finds the newest messages and the number of those it missed', async () => {
      const s = await freshStream();
      await using subscription = await other.subscribe([`${s}.>`], { maxBuffered: 5 });
      await publish(`${s}.a`, 1, 20);
      await until(() => subscription.dropped === 15);
      expect(numbers(await take(subscription, 5))).toEqual([16, 17, 18, 19, 20]);
    });

    test('what lay in the stream before is not dropped, however much it is', async () => {
      const s = await freshStream();
      await using before = await other.subscribe([`${s}.>`]);
      await publish(`${s}.a`, 1, 50);
      await using subscription = await other.subscribe([`${s}.>`], {
        after: before.startedAfter,
        maxBuffered: 5,
      });
      await publish(`${s}.a`, 51, 53);
      const read = numbers(await take(subscription, 53));
      expect(read).toEqual(Array.from({ length: 53 }, (_, i) => i + 1));
      expect(subscription.dropped).toBe(0);
    });

    test('leaving the loop or disposing ends a subscription', async () => {
      const s = await freshStream();
      const subscription = await other.subscribe([`${s}.>`]);
      await publish(`${s}.a`, 1, 1);
      for await (const message of subscription) {
        expect(message.subject).toBe(`${s}.a`);
        break;
      }
      expect((await subscription[Symbol.asyncIterator]().next()).done).toBe(true);
      const waiting = await other.subscribe([`${s}.>`]);
      const next = waiting[Symbol.asyncIterator]().next();
      await waiting[Symbol.asyncDispose]();
      await waiting[Symbol.asyncDispose]();
      expect((await next).done).toBe(true);
    });

    test('consumers of one durable share its messages and keep to their concurrency', async () => {
      const s = await freshStream();
      const handled: number[] = [];
      let running = 0;
      let most = 0;
      const handler = async ({ payload }: BusMessage) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
        handled.push((payload as { i: number }).i);
      };
      await using _a = await bus.consume(options(s, { concurrency: 2 }), handler);
      await using _b = await other.consume(options(s, { concurrency: 3 }), handler);
      await Promise.all(
        Array.from({ length: 60 }, (_, i) => bus.publish(`${s}.a`, { i }, { messageId: `${i}` })),
      );
      await until(() => handled.length >= 60);
      expect(handled.sort((x, y) => x - y)).toEqual(Array.from({ length: 60 }, (_, i) => i));
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(5);
      await until(async () => {
        const { pending, inFlight } = await bus.depth(s.toUpperCase(), `d-${s}`);
        return pending + inFlight === 0;
      });
    });

    test('with a concurrency of one the order holds, also past a failure', async () => {
      const s = await freshStream();
      await publish(`${s}.a`, 1, 5);
      const seen: string[] = [];
      const handler = async ({ payload, attempt }: BusMessage & { attempt: number }) => {
        const { i } = payload as { i: number };
        seen.push(`${i}.${attempt}`);
        if (i === 2 && attempt < 3) throw new Error('not yet');
      };
      await using _a = await bus.consume(options(s, { concurrency: 1 }), handler);
      await using _b = await other.consume(options(s, { concurrency: 1 }), handler);
      await until(() => seen.includes('5.1'));
      expect(seen).toEqual(['1.1', '2.1', '2.2', '2.3', '3.1', '4.1', '5.1']);
    });

    test('a poison message ends as a dead letter with its reason, and holds nobody up', async () => {
      const s = await freshStream();
      await using letters = await other.subscribe([`dead.d-${s}`]);
      const handled: number[] = [];
      await using _consumption = await bus.consume(
        options(s, { backoffMs: [5, 10] }),
        async ({ payload }) => {
          const { i } = payload as { i: number };
          if (i === 1) throw Object.assign(new Error('no triangles'), { code: 'NOT_A_MODEL' });
          handled.push(i);
        },
      );
      await bus.publish(`${s}.a`, { i: 1 }, { messageId: 'poison', headers: { traceparent: 't' } });
      await publish(`${s}.a`, 2, 4);
      const [letter] = await take(letters, 1);
      expect(letter!.payload).toEqual({
        reason: 'NOT_A_MODEL: no triangles',
        attempts: 3,
        stream: s.toUpperCase(),
        sequence: expect.any(Number),
        subject: `${s}.a`,
        messageId: 'poison',
        headers: { traceparent: 't' },
        payload: { i: 1 },
      } satisfies Record<keyof DeadLetter, unknown>);
      await until(() => handled.length === 3);
      await until(async () => (await bus.depth(s.toUpperCase(), `d-${s}`)).inFlight === 0);
    });

    test('a failed message comes again after the next step of the backoff', async () => {
      const s = await freshStream();
      const at: number[] = [];
      await using _consumption = await bus.consume(
        options(s, { maxDeliveries: 5, backoffMs: [50, 600] }),
        async ({ attempt }) => {
          at.push(performance.now());
          if (attempt < 4) throw new Error('again');
        },
      );
      await publish(`${s}.a`, 1, 1);
      await until(() => at.length === 4);
      const gaps = at.slice(1).map((time, i) => time - at[i]!);
      expect(gaps[0]).toBeGreaterThanOrEqual(45);
      expect(gaps[0]).toBeLessThan(595);
      expect(gaps[1]).toBeGreaterThanOrEqual(595);
      expect(gaps[2]).toBeGreaterThanOrEqual(595);
    });

    test('a message without an answer is given out again, unless its handler says it is still at it', async () => {
      const s = await freshStream();
      const seen: string[] = [];
      const { promise: never, resolve: release } = Promise.withResolvers<void>();
      const consumption = await bus.consume(options(s, { ackWaitMs: 1_000 }), async (delivery) => {
        seen.push(`${delivery.subject.slice(s.length + 1)}.${delivery.attempt}`);
        if (delivery.subject.endsWith('hangs') && delivery.attempt === 1) await never;
        if (delivery.subject.endsWith('works')) {
          for (let i = 0; i < 6; i++) {
            await new Promise((resolve) => setTimeout(resolve, 250));
            delivery.working();
          }
        }
      });
      await bus.publish(`${s}.hangs`, 1, { messageId: 'a' });
      await bus.publish(`${s}.works`, 1, { messageId: 'b' });
      await until(() => seen.includes('hangs.2'));
      await until(async () => (await bus.depth(s.toUpperCase(), `d-${s}`)).inFlight === 0);
      expect(seen.filter((one) => one.startsWith('works'))).toEqual(['works.1']);
      release();
      await consumption[Symbol.asyncDispose]();
    });

    test('stopping waits for the handler, tells it, and leaves the rest to the next one', async () => {
      const s = await freshStream();
      await publish(`${s}.a`, 1, 3);
      const first: number[] = [];
      const { promise: started, resolve: start } = Promise.withResolvers<void>();
      let told = false;
      const consumption = await bus.consume(options(s, { concurrency: 1 }), async ({ payload, signal }) => {
        start();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        told = signal.aborted;
        first.push((payload as { i: number }).i);
      });
      await started;
      await consumption[Symbol.asyncDispose]();
      expect(told).toBe(true);
      expect(first).toEqual([1]);
      const second: number[] = [];
      await using _next = await other.consume(options(s, { concurrency: 1 }), async ({ payload }) => {
        second.push((payload as { i: number }).i);
      });
      await until(() => second.length === 2);
      expect(second).toEqual([2, 3]);
    });

    test('a durable takes what was there before it, through its filter', async () => {
      const s = await freshStream();
      await publish(`${s}.a`, 1, 2);
      await publish(`${s}.b`, 3, 4);
      const seen: number[] = [];
      await using _consumption = await bus.consume(options(s, { filter: `${s}.b` }), async ({ payload }) => {
        seen.push((payload as { i: number }).i);
      });
      await publish(`${s}.b`, 5, 5);
      await until(() => seen.length === 3);
      expect(seen.sort()).toEqual([3, 4, 5]);
    });

    test('the depth of a durable counts what waits and what is under way', async () => {
      const s = await freshStream();
      expect(await bus.depth(s.toUpperCase(), `d-${s}`)).toEqual({ pending: 0, inFlight: 0 });
      const { promise: gate, resolve: open } = Promise.withResolvers<void>();
      await using _consumption = await bus.consume(options(s, { concurrency: 2 }), () => gate);
      await publish(`${s}.a`, 1, 5);
      await until(async () => {
        const { pending, inFlight } = await other.depth(s.toUpperCase(), `d-${s}`);
        return pending === 3 && inFlight === 2;
      });
      open();
      await until(async () => (await other.depth(s.toUpperCase(), `d-${s}`)).inFlight === 0);
      await expect(bus.depth('NOWHERE', 'd')).rejects.toMatchObject({ code: 'NO_STREAM' });
    });

    test('a work stream is emptied by its durable, refuses when full, and has one durable for a message', async () => {
      const s = await freshStream({ kind: 'work', maxMessages: 3 });
      await publish(`${s}.a`, 1, 3);
      await expect(publish(`${s}.a`, 4, 4)).rejects.toMatchObject({ code: 'FULL' });
      await expect(bus.subscribe([`${s}.>`])).rejects.toMatchObject({ code: 'CONFLICT' });
      const seen: number[] = [];
      await using _consumption = await bus.consume(options(s, { filter: `${s}.a` }), async ({ payload }) => {
        seen.push((payload as { i: number }).i);
      });
      await until(() => seen.length === 3);
      await expect(
        bus.consume(options(s, { durable: 'second', filter: `${s}.*` }), async () => {}),
      ).rejects.toMatchObject({ code: 'CONFLICT' });
      await until(() =>
        publish(`${s}.a`, 5, 7).then(
          () => true,
          () => false,
        ),
      );
      await until(() => seen.length === 6);
    });

    test('a stream defined again keeps its messages', async () => {
      const s = await freshStream();
      await using before = await bus.subscribe([`${s}.>`]);
      await publish(`${s}.a`, 1, 2);
      await bus.ensureStreams([stream(s, { maxMessages: 20_000, maxAgeMs: 7_200_000 })]);
      await using again = await bus.subscribe([`${s}.>`], { after: before.startedAfter });
      expect(numbers(await take(again, 2))).toEqual([1, 2]);
    });

    test('a stream of the latest keeps the newest of each subject, to look up and to listen to', async () => {
      const s = await freshStream({ kind: 'latest' });
      expect(await bus.newest(`${s}.>`, 10)).toEqual([]);
      await using listening = await other.subscribe([`${s}.b.*`]);
      for (const [subject, from, to] of [
        ['a.x', 1, 3],
        ['b.x', 4, 5],
        ['b.y', 6, 6],
      ] as const) {
        await publish(`${s}.${subject}`, from, to);
      }
      expect(numbers(await take(listening, 3))).toEqual([4, 5, 6]);
      const all = await other.newest(`${s}.>`, 10);
      expect(numbers(all).sort()).toEqual([3, 5, 6]);
      expect(all.find(({ subject }) => subject === `${s}.a.x`)).toMatchObject({
        payload: { i: 3 },
        stream: s.toUpperCase(),
        messageId: `${s}.a.x:3`,
      });
      expect(numbers(await other.newest(`${s}.b.x`, 1))).toEqual([5]);
      expect(await other.newest(`${s}.>`, 2)).toHaveLength(2);
      await using oldest = await other.subscribe([`${s}.>`], { from: 'oldest' });
      expect(numbers(await take(oldest, 3))).toEqual([3, 5, 6]);
    });

    test('a stream of the latest forgets a subject of which nothing is said for too long', async () => {
      const s = await freshStream({ kind: 'latest', maxAgeMs: 1_000 });
      await publish(`${s}.idle`, 1, 1);
      await publish(`${s}.alive`, 2, 2);
      let i = 3;
      await until(async () => {
        await publish(`${s}.alive`, i, i++);
        return (await other.newest(`${s}.idle`, 1)).length === 0;
      });
      expect(numbers(await other.newest(`${s}.>`, 10))).toEqual([i - 1]);
    });

    test('only a stream of the latest can be looked up by subject', async () => {
      const s = await freshStream();
      await expect(bus.newest(`${s}.a`, 1)).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(bus.newest('nowhere.a', 1)).rejects.toMatchObject({ code: 'NO_STREAM' });
    });

    test('says how far behind readers are', async () => {
      const s = await freshStream();
      const unread = await freshStream();
      await using subscription = await other.subscribe([`${s}.>`]);
      expect((await other.lag()).get(s.toUpperCase())).toBe(0);
      await publish(`${s}.a`, 1, 5);
      await until(() => subscription.waiting === 5);
      await until(async () => (await other.lag()).get(s.toUpperCase()) === 5);
      await take(subscription, 2);
      expect(subscription.waiting).toBe(3);
      expect((await other.lag()).get(s.toUpperCase())).toBe(3);
      expect((await other.lag()).has(unread.toUpperCase())).toBe(false);
    });

    test('takes a thousand messages a second and more', async () => {
      const s = await freshStream();
      let handled = 0;
      await using _consumption = await other.consume(options(s, { concurrency: 16 }), async () => {
        handled += 1;
      });
      const start = performance.now();
      const total = 3_000;
      for (let sent = 0; sent < total; sent += 100) {
        await Promise.all(
          Array.from({ length: 100 }, (_, i) =>
            bus.publish(`${s}.a`, { i: sent + i, text: 'x'.repeat(200) }, { messageId: `${sent + i}` }),
          ),
        );
      }
      await until(() => handled === total);
      const perSecond = (total / (performance.now() - start)) * 1_000;
      process.stderr.write(`${name}: ${Math.round(perSecond)} messages a second published and handled\n`);
      expect(perSecond).toBeGreaterThan(300); // far below what it does, since machines are shared
    });
  });
}
