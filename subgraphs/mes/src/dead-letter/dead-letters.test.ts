import { openLocalBus } from '@alexandrite/bus/local';
import { openNatsBus } from '@alexandrite/bus/nats';
import { serverBinary, startNats } from '@alexandrite/e2e/harness/servers';
import { until } from '@alexandrite/e2e/harness/until';
import type { Log } from '@alexandrite/telemetry/log';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStand, type Stand } from '../../test/stand.ts';
import { priceAgain } from '../pricing/price-again.ts';

const admin = 'admin admin-1';
const fields = 'id durable subject messageId reason attempts state payload actions { action by why outcome }';

describe.each(serverBinary('nats-server') ? (['local', 'nats'] as const) : (['local'] as const))(
  'dead letters over the %s bus',
  (kind) => {
    let stand: Stand;
    let stopServer: () => PromiseLike<void> = async () => {};
    /** What the consumer of the test was given; it fails while `broken`. */
    const handled: unknown[] = [];
    let broken = true;

    beforeAll(async () => {
      stand = await openStand(async (log: Log) => {
        if (kind === 'local') return openLocalBus({ log });
        const server = await startNats();
        stopServer = () => server[Symbol.asyncDispose]();
        return openNatsBus({ url: server.url, name: 'test', log });
      });
      const options = {
        stream: 'REQUESTS',
        filter: 'requests.crm',
        concurrency: 1,
        maxDeliveries: 1,
        backoffMs: [],
      };
      await stand.bus.consume({ ...options, durable: 'crm-requests' }, async ({ payload }) => {
        if (broken) throw new Error('the crm is broken');
        handled.push(payload);
      });
    });
    afterAll(async () => {
      await stand[Symbol.asyncDispose]();
      await stopServer();
    });

    const list = async (args = '') => {
      const { deadLetters } = await stand.ask(
        admin,
        `{ deadLetters${args} { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
      );
      return deadLetters;
    };
    const die = async (n: number) => {
      const before = (await list()).nodes.length;
      await stand.bus.publish('requests.crm', { n }, { messageId: `request-${n}`, headers: { x: 'y' } });
      await until('it is dead', async () => (await list()).nodes.length === before + 1);
    };
    const result = (mutation: string, who: string | null = admin) =>
      stand
        .ask(
          who as typeof admin,
          `mutation { result: ${mutation} { ... on DeadLetter { ${fields} } ... on Refusal { code } } }`,
        )
        .then(({ result }) => result);

    test('are listed with their reason, for administrators only', async () => {
      for (const n of [1, 2, 3]) await die(n);
      const first = await list('(first: 2, durable: "crm-requests")');
      expect(first.nodes.map(({ messageId }: { messageId: string }) => messageId)).toEqual([
        'request-3',
        'request-2',
      ]);
      const next = await list(`(first: 2, after: "${first.pageInfo.endCursor}")`);
      expect(next).toMatchObject({
        pageInfo: { hasNextPage: false },
        nodes: [
          {
            messageId: 'request-1',
            reason: 'the crm is broken',
            attempts: 1,
            payload: '{"n":1}',
            actions: [],
          },
        ],
      });
      const { id } = next.nodes[0];
      expect(
        await stand.ask(
          'operator operator-1',
          `{ deadLetters { nodes { id } } deadLetter(id: "${id}") { id } }`,
        ),
      ).toEqual({
        deadLetters: null,
        deadLetter: null,
      });
      expect(await result(`replayDeadLetter(id: "${id}")`, 'seller seller-1')).toEqual({ code: 'FORBIDDEN' });
      expect(await stand.metrics.text()).toMatch(/dead_letters_waiting\{durable="crm-requests",.*\} 3/);
    });

    test('are handled again when somebody says so, one or all, and thrown away for a reason', async () => {
      broken = false;
      const { nodes } = await list();
      const [third, second] = nodes;
      const replayed = await result(`replayDeadLetter(id: "${third.id}", reason: "repaired")`);
      expect(replayed).toMatchObject({
        state: 'REPLAYED',
        actions: [{ action: 'REPLAYED', by: 'admin-1', why: 'repaired', outcome: 'PUBLISHED_AGAIN' }],
      });
      await until('it is handled', async () => handled.length === 1);
      expect(handled).toEqual([{ n: 3 }]);
      expect(await result(`replayDeadLetter(id: "${third.id}")`)).toEqual({ code: 'ALREADY_SETTLED' });
      expect(await result('replayDeadLetter(id: "999999")')).toEqual({ code: 'NOT_FOUND' });

      await expect(result(`discardDeadLetter(id: "${second.id}", reason: " ")`)).rejects.toThrow('reason');
      const gone = await result(`discardDeadLetter(id: "${second.id}", reason: "nobody needs it")`);
      expect(gone).toMatchObject({ state: 'DISCARDED', actions: [{ why: 'nobody needs it' }] });

      const all = await stand.ask(
        admin,
        'mutation { replayDeadLetters(durable: "crm-requests") { replayed refused } }',
      );
      expect(all.replayDeadLetters).toEqual({ replayed: 1, refused: 0 });
      await until('it is handled', async () => handled.length === 2);
      expect((await list()).nodes).toEqual([]);
      expect((await list('(state: DISCARDED)')).nodes).toHaveLength(1);
    });

    test('are also what the bus would not take: released, or thrown away so that the rest can leave', async () => {
      const { database, outbox } = stand.mes.deadLetters;
      const message = (n: number, payload: unknown) => ({
        ...{ subject: 'requests.crm', payload, messageId: `poison-${n}`, orderingKey: 'one key' },
      });
      await database.transaction((tx) =>
        outbox.append(tx, message(1, 'x'.repeat(2_000_000)), message(2, { n: 4 })),
      );
      const letter = await until(
        'the poison is a letter',
        async () => (await list('(durable: "mes-outbox")')).nodes[0],
      );
      expect(letter.reason).toContain('may have');
      expect(JSON.parse(letter.payload)).toMatchObject({ omitted: expect.any(String) });
      const released = await result(`replayDeadLetter(id: "${letter.id}")`);
      expect(released.actions).toEqual([expect.objectContaining({ outcome: 'MESSAGES_RELEASED' })]);
      await until(
        'it is refused once more',
        async () => (await list('(durable: "mes-outbox")')).nodes.length === 1,
      );
      const discarded = await result(`discardDeadLetter(id: "${letter.id}", reason: "too large for ever")`);
      expect(discarded.actions).toHaveLength(2);
      await until('what stood behind it has left', async () => handled.length === 3);
    });
  },
);

test('a price that nobody works on is asked for again, and its result is taken once', async () => {
  await using stand = await openStand();
  const order = await stand.submitted();
  await until('the engines were asked', async () => stand.requests.length === 1);
  const { database, outbox } = stand.mes.deadLetters;
  expect(await priceAgain({ database, bus: stand.bus, outbox }, order.id)).toEqual(['PRICE_REQUESTED_AGAIN']);
  await until('the engines were asked again', async () => stand.requests.length === 2);
  expect(stand.requests[1]).toEqual(stand.requests[0]);
  const failed = { outcome: 'FAILED', code: 'MESH_OPEN', message: { en: 'open', ru: 'открыта' }, seconds: 1 };
  for (const messageId of ['first', 'second']) {
    const { id: requestId, orderId } = stand.requests[0]!;
    await stand.bus.publish('pricing.result', { requestId, orderId, ...failed }, { messageId });
  }
  await until('it has failed', async () => (await order.now()).status === 'PRICE_FAILED');
  await stand.quiet();
  expect(await order.now()).toEqual({ status: 'PRICE_FAILED', version: 4 });
  expect(await priceAgain({ database, bus: stand.bus, outbox }, order.id)).toEqual([]);
});
