import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { describe, expect, test } from '@jest/globals';
import {
  type Answers,
  closedPort,
  held,
  hello,
  json,
  startFaultyServer,
  until,
} from '../../test/faulty-server.ts';
import { settingsDecoder } from '../config/settings.ts';
import { settingsOf } from '../config/subgraph-settings.ts';
import { SubgraphClient } from './client.ts';
import { deadlineHeader } from './exchange.ts';
import { subgraphMetrics } from './metrics.ts';
import type { SubgraphRequest } from './subgraph.ts';

const query: SubgraphRequest = {
  subgraph: 'shop',
  kind: 'query',
  body: '{"query":"{ hello }"}',
  headers: { 'content-type': 'application/json', 'x-who': 'me' },
  signal: undefined,
};
const mutation: SubgraphRequest = { ...query, kind: 'mutation' };
const answer = { data: { hello: 'world' }, errors: [] };
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 5));
const quick = { backoffMs: 1, maxBackoffMs: 2 };

function open(urls: string | string[], settings: Record<string, unknown> = {}) {
  const metrics = new Metrics('gateway');
  const { log, entries } = memoryLog();
  const { subgraphs } = settingsDecoder.decode({ supergraph: 's', subgraphs: settings }, '');
  const counted = subgraphMetrics(metrics, log);
  const client = new SubgraphClient('shop', [urls].flat(), settingsOf(subgraphs, 'shop'), counted);
  return {
    client,
    send: client.send,
    entries,
    /** The value of a series, by the beginning of its line; 0 when it is not there. */
    async count(series: string) {
      const line = (await metrics.text()).split('\n').find((each) => each.startsWith(series));
      return Number(line?.split(' ').at(-1) ?? 0);
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

describe('an answer', () => {
  test('comes in one piece or in many, with and without a length', async () => {
    const text = JSON.stringify({ data: { hello: 'wörld '.repeat(20_000) } });
    const bytes = Buffer.from(text);
    await using server = await startFaultyServer((response, _, count) => {
      response.writeHead(200, { 'content-type': 'application/graphql-response+json; charset=utf-8' });
      const step = count === 1 ? bytes.length : 9_973; // through the middle of letters
      for (let at = 0; at < bytes.length; at += step) response.write(bytes.subarray(at, at + step));
      response.end();
    });
    await using shop = open(server.url);
    for (const _ of [1, 2]) expect(await shop.send(query)).toEqual({ ...JSON.parse(text), errors: [] });
    expect(server.seen[0]!.headers).toMatchObject({ 'x-who': 'me', [deadlineHeader]: '30000' });
  });

  test.each<[string, Answers, string]>([
    ['is no JSON', (response) => response.end('<html>'), 'no JSON with status 200'],
    ['is nothing', (response) => response.writeHead(204).end(), 'no JSON with status 204'],
    [
      'says that it is something else',
      (response) => response.setHeader('content-type', 'text/html').end('{"data":{}}'),
      'got text/html',
    ],
    ['is JSON and no response', json({ hello: 1 }, 500), 'something else with status 500'],
    ['is too large', json({ data: 'x'.repeat(5_000) }), 'answered too much'],
    ['is no HTTP', (response) => response.socket!.end('SSH-2.0-OpenSSH_9.9\r\n\r\n'), 'does not speak HTTP'],
  ])('that %s is refused, and not asked for again', async (_, answers, message) => {
    await using server = await startFaultyServer(answers);
    await using shop = open(server.url, { maxResponseBytes: 4_096, retries: quick });
    await expect(shop.send(query)).rejects.toMatchObject({
      code: 'SUBGRAPH_BAD_ANSWER',
      message: expect.stringContaining(message),
    });
    expect(server.seen.length).toBe(1);
  });

  test('with an error status is one, and a deep one harms nobody', async () => {
    const errors = [{ message: 'no', path: ['a', 0, null], extensions: { code: 'WHO' } }, 'nonsense'];
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await using server = await startFaultyServer((response, request, count) => {
      if (count === 1) json({ errors }, 401)(response, request, count);
      else response.end(`{"data":{"deep":${deep}}}`);
    });
    await using shop = open(server.url);
    expect(await shop.send(query)).toMatchObject({
      data: null,
      errors: [{ message: 'no', path: ['a', 0], extensions: { code: 'WHO' } }, { extensions: {} }],
    });
    expect((await shop.send(query)).data).toHaveProperty('deep');
  });
});

describe('connections', () => {
  test('are used again, are as many as needed, and may be closed by the subgraph', async () => {
    const hanging = held();
    await using server = await startFaultyServer(hello);
    await using shop = open(server.url);
    for (let i = 0; i < 10; i++) expect(await shop.send(mutation)).toEqual(answer);
    expect(server.connections).toBe(1);
    server.answers = hanging.answers;
    const sent = Array.from({ length: 5 }, () => shop.send(mutation));
    await until(() => hanging.waiting() === 5);
    hanging.release();
    await Promise.all(sent);
    expect(server.connections).toBe(5);
    server.answers = hello;
    const { socket } = server.seen.at(-1)!;
    server.hangUp();
    await until(() => socket.destroyed);
    await nextTurn();
    expect(await Promise.all([1, 2, 3].map(() => shop.send(query)))).toEqual([answer, answer, answer]);
  });

  test('that the subgraph closes meanwhile cost no query, and no mutation is sent twice', async () => {
    const closes: Answers = (response, request, count) =>
      count % 2 === 0 ? response.socket!.destroy() : hello(response, request, count);
    await using server = await startFaultyServer(closes);
    await using shop = open(server.url);
    for (let i = 0; i < 2; i++) expect(await shop.send(query)).toEqual(answer);
    expect(server.seen.length).toBe(3);
    await expect(shop.send(mutation)).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      cause: { code: 'CONNECTION_STALE' },
    });
    expect(server.seen.length).toBe(4);
    expect(await shop.count('gateway_subgraph_retries_total{subgraph="shop"')).toBe(0);
    await using other = open(server.url, { retries: { max: 0 } });
    expect(await other.send(query)).toEqual(answer);
    await expect(other.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect([shop.client.inFlight, other.client.inFlight, server.seen.length]).toEqual([0, 0, 6]);
  });

  test('carry nothing that somebody has put into a header', async () => {
    await using server = await startFaultyServer(hello);
    await using shop = open(server.url, { circuit: { minRequests: 1 } });
    for (const value of ['me\r\nx-role: admin', 'me\n', 'm\u{10d}']) {
      const sent = shop.send({ ...query, headers: { 'x-who': value } });
      await expect(sent).rejects.toMatchObject({
        code: 'SUBGRAPH_UNAVAILABLE',
        cause: { code: 'HTTP_UNSENDABLE' },
      });
    }
    expect(await shop.send(query)).toEqual(answer);
    expect([server.seen.length, shop.client.inFlight]).toEqual([1, 0]);
  });

  test('that cannot be made are given up, and keep nobody waiting', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
    await using shop = open(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`, {
      timeoutMs: 60,
    });
    for (const connections of [1, 2]) {
      await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
      await until(() => sockets.length === connections);
    }
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

describe('retries', () => {
  const fails: [string, Answers][] = [
    ['breaks the connection', (response) => response.socket!.resetAndDestroy()],
    [
      'hangs up in the middle of a body',
      (response) =>
        response.writeHead(200, { 'content-length': 100 }).write('{', () => response.socket!.destroy()),
    ],
    ['answers 502', (response) => response.writeHead(502).end('bad gateway')],
    ['answers 503 as GraphQL', json({ errors: [{ message: 'not now' }] }, 503)],
    ['answers 504', (response) => response.writeHead(504).end()],
  ];

  test.each(fails)('a query is sent again to a subgraph that %s', async (_, fail) => {
    await using server = await startFaultyServer((...request) => (request[2] < 3 ? fail : hello)(...request));
    await using shop = open(server.url, { retries: quick });
    expect(await shop.send(query)).toEqual(answer);
    expect(server.seen.length).toBe(3);
    expect(await shop.count('gateway_subgraph_retries_total{subgraph="shop",outcome="sent"')).toBe(2);
  });

  test.each(fails)('a mutation is never sent again to a subgraph that %s', async (_, fail) => {
    await using server = await startFaultyServer(fail);
    await using shop = open(server.url, { retries: quick });
    await shop.send(mutation).catch(() => undefined);
    expect(server.seen.length).toBe(1);
  });

  test('end: with the answer that there is, or with what went wrong', async () => {
    await using server = await startFaultyServer(json({ errors: [{ message: 'not now' }] }, 503));
    await using shop = open(server.url, { retries: { ...quick, max: 1 } });
    expect(await shop.send(query)).toMatchObject({ errors: [{ message: 'not now' }] });
    expect(server.seen.length).toBe(2);
    server.answers = (response) => response.writeHead(500).end('{}');
    await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_BAD_ANSWER' });
    expect(server.seen.length).toBe(3);
    await using gone = open(`http://127.0.0.1:${await closedPort()}/`, { retries: quick });
    await expect(gone.send(query)).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test('wait as long as they are asked to, but not beyond the deadline', async () => {
    await using server = await startFaultyServer((response, request, count) => {
      if (count === 1) response.writeHead(503, { 'retry-after': '1' }).end();
      else hello(response, request, count);
    });
    await using shop = open(server.url, { retries: quick });
    const began = performance.now();
    expect(await shop.send(query)).toEqual(answer);
    expect(performance.now() - began).toBeGreaterThanOrEqual(995);
    expect(Number(server.seen[1]!.headers[deadlineHeader])).toBeLessThanOrEqual(29_005);

    server.answers = (response) => response.writeHead(503, { 'retry-after': '3600' }).end();
    await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_BAD_ANSWER' });
    expect(server.seen.length).toBe(3);
  });

  test('are a share of the requests: an outage is not made worse', async () => {
    await using server = await startFaultyServer((response) => response.writeHead(502).end());
    await using shop = open(server.url, { retries: { ...quick, max: 3 }, circuit: { enabled: 'off' } });
    const requests = 100;
    await Promise.allSettled(Array.from({ length: requests }, () => shop.send(query)));
    expect(server.seen.length).toBeGreaterThan(requests);
    expect(server.seen.length).toBeLessThanOrEqual(requests * 1.2);
    expect(
      await shop.count('gateway_subgraph_retries_total{subgraph="shop",outcome="denied"'),
    ).toBeGreaterThan(0);
  });
});

describe('deadlines', () => {
  test('a subgraph that hangs is given up, and its connection is closed', async () => {
    const hanging = held();
    await using server = await startFaultyServer(hanging.answers);
    await using shop = open(server.url, { timeoutMs: 60 });
    await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
    await until(() => server.seen[0]!.socket.destroyed);
    expect(shop.client.inFlight).toBe(0);
    expect(server.seen[0]!.headers[deadlineHeader]).toBe('60');
  });

  test('so is one that stops in the middle of a body', async () => {
    await using server = await startFaultyServer(
      (response) => void response.writeHead(200).write('{"data":'),
    );
    await using shop = open(server.url, { timeoutMs: 60 });
    await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
  });

  test("a client's own deadline is told to the subgraph, and is no fault of it", async () => {
    const hanging = held();
    await using server = await startFaultyServer(hanging.answers);
    await using shop = open(server.url, { circuit: { minRequests: 1 } });
    const sent = shop.send({ ...query, deadline: performance.now() + 80 });
    await expect(sent).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(Number(server.seen[0]!.headers[deadlineHeader])).toBeLessThanOrEqual(80);
    await expect(shop.send({ ...query, deadline: performance.now() })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(server.seen.length).toBe(1);
    server.answers = hello;
    expect(await shop.send(query)).toEqual(answer);
  });

  test('nothing is waited for when nobody waits', async () => {
    const hanging = held();
    await using server = await startFaultyServer(hanging.answers);
    await using shop = open(server.url);
    const client = new AbortController();
    const sent = shop.send({ ...query, signal: client.signal });
    const failed = expect(sent).rejects.toMatchObject({ code: 'ABORTED' });
    await until(() => hanging.waiting() === 1);
    client.abort();
    await failed;
    await until(() => server.seen[0]!.socket.destroyed);
    await expect(shop.send({ ...query, signal: client.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(server.seen.length).toBe(1);
  });
});

describe('the circuit', () => {
  test('opens when most requests fail, is tried, and closes', async () => {
    await using server = await startFaultyServer((response) => response.writeHead(500).end());
    await using shop = open(server.url, { circuit: { minRequests: 4, openMs: 50, probes: 2 } });
    for (let i = 0; i < 4; i++) {
      await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_BAD_ANSWER' });
    }
    await expect(shop.send(query)).rejects.toMatchObject({
      code: 'SUBGRAPH_CIRCUIT_OPEN',
      retryAfterMs: expect.any(Number),
    });
    expect(server.seen.length).toBe(4);
    expect(await shop.count('gateway_subgraph_circuit{subgraph="shop"')).toBe(2);

    const hanging = held();
    server.answers = hanging.answers;
    let probe = shop.send(query);
    while (hanging.waiting() === 0) {
      // Too early to be tried, or on its way.
      if ((await Promise.race([probe.catch(() => 'refused'), nextTurn()])) === 'refused')
        probe = shop.send(query);
    }
    expect(await shop.count('gateway_subgraph_circuit{subgraph="shop"')).toBe(1);
    // One at a time tries it.
    await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_CIRCUIT_OPEN' });
    hanging.release();
    expect(await probe).toEqual(answer);
    server.answers = hello;
    expect(await shop.send(query)).toEqual(answer);
    expect(await shop.count('gateway_subgraph_circuit{subgraph="shop"')).toBe(0);
    expect(shop.entries.map(({ message }) => message)).toEqual([
      'a subgraph fails: it is left alone for a while',
      'a subgraph answers again',
    ]);
  });
});

describe('several URLs', () => {
  test('one that asks for patience is not waited for', async () => {
    await using busy = await startFaultyServer((response) =>
      response.writeHead(503, { 'retry-after': '3600' }).end(),
    );
    await using free = await startFaultyServer(hello);
    await using shop = open([busy.url, free.url], { retries: quick });
    while (busy.seen.length === 0) expect(await shop.send(query)).toEqual(answer);
  });

  test('share the requests; one that fails is left out, comes back, and costs no query', async () => {
    await using good = await startFaultyServer(hello);
    await using bad = await startFaultyServer(hello);
    await using shop = open([good.url, bad.url], {
      retries: { ...quick, budgetPercent: 100 },
      ejection: { failures: 3, baseMs: 1_500 },
    });
    const all = (count: number) => Promise.all(Array.from({ length: count }, () => shop.send(query)));
    await all(40);
    expect(Math.min(good.seen.length, bad.seen.length)).toBeGreaterThan(5);

    bad.answers = (response) => response.socket!.resetAndDestroy();
    await until(() => {
      void shop.send(query);
      return shop.entries.length > 0;
    });
    expect(await shop.count('gateway_subgraph_ejections_total{subgraph="shop"')).toBe(1);
    await until(() => shop.client.inFlight === 0);
    const asked = bad.seen.length;
    bad.answers = hello;
    await all(20);
    expect(bad.seen.length).toBe(asked);
    await until(() => {
      void shop.send(query);
      return bad.seen.length > asked;
    });
    await until(() => shop.client.inFlight === 0);
  });

  test('the one that has less to do is asked', async () => {
    const hanging = held();
    await using slow = await startFaultyServer(hanging.answers);
    await using fast = await startFaultyServer(hello);
    await using shop = open([slow.url, fast.url]);
    const stuck: Promise<unknown>[] = [];
    while (hanging.waiting() === 0) {
      const sent = shop.send(query);
      stuck.push(sent);
      await Promise.race([sent, until(() => hanging.waiting() > 0)]);
    }
    for (let i = 0; i < 20; i++) expect(await shop.send(query)).toEqual(answer);
    expect(hanging.waiting()).toBe(1);
    hanging.release();
    await Promise.all(stuck);
  });

  test('the last one is never left out', async () => {
    const [one, two] = [await closedPort(), await closedPort()].map((port) => `http://127.0.0.1:${port}/`);
    await using shop = open([one!, two!], { retries: { max: 0 }, ejection: { failures: 1, baseMs: 60_000 } });
    for (let i = 0; i < 6; i++) {
      await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    }
    expect(shop.client.endpoints.filter((endpoint) => endpoint.ejected(performance.now())).length).toBe(1);
  });
});

describe('too many requests', () => {
  test('wait for their turn, in order, and too many of those are refused', async () => {
    const hanging = held();
    await using server = await startFaultyServer(hanging.answers);
    await using shop = open(server.url, { maxInFlight: 2, maxQueued: 3 });
    const order: number[] = [];
    const sent = [0, 1, 2, 3, 4].map((i) => shop.send(query).then(() => order.push(i)));
    await expect(shop.send(query)).rejects.toMatchObject({
      code: 'SUBGRAPH_OVERLOADED',
      retryAfterMs: 1_000,
    });
    await until(() => hanging.waiting() === 2);
    expect([shop.client.inFlight, shop.client.queued]).toEqual([2, 3]);
    expect(await shop.count('gateway_subgraph_queued{subgraph="shop"')).toBe(3);
    expect(await shop.count('gateway_subgraph_url_in_flight{subgraph="shop"')).toBe(2);
    expect(await shop.count('gateway_subgraph_shed_total{subgraph="shop"')).toBe(1);
    server.answers = hello;
    hanging.release();
    await Promise.all(sent);
    expect(order.slice(2)).toEqual([2, 3, 4]);
    expect([shop.client.inFlight, shop.client.queued]).toEqual([0, 0]);
  });

  test('end at once, however many they are, when the subgraph is left alone', async () => {
    const hanging = held();
    await using server = await startFaultyServer(hanging.answers);
    await using shop = open(server.url, {
      maxInFlight: 1,
      maxQueued: 20_000,
      maxQueuedMs: 60_000,
      circuit: { minRequests: 1, openMs: 60_000, maxOpenMs: 60_000 },
    });
    const first = shop.send(mutation).catch(({ code }) => code);
    const queued = Array.from({ length: 20_000 }, () => shop.send(mutation).catch(({ code }) => code));
    await until(() => hanging.waiting() === 1);
    hanging.release((response) => response.writeHead(500).end());
    expect(await first).toBe('SUBGRAPH_BAD_ANSWER');
    expect(new Set(await Promise.all(queued))).toEqual(new Set(['SUBGRAPH_CIRCUIT_OPEN']));
    expect([shop.client.inFlight, shop.client.queued, server.seen.length]).toEqual([0, 0, 1]);
  });

  test('are refused when their turn does not come, and leave nothing behind when nobody waits', async () => {
    const hanging = held();
    await using server = await startFaultyServer(hanging.answers);
    await using shop = open(server.url, { maxInFlight: 1, maxQueuedMs: 50 });
    const client = new AbortController();
    const first = shop.send(query);
    const left = shop.send({ ...query, signal: client.signal });
    const failed = expect(left).rejects.toMatchObject({ code: 'ABORTED' });
    client.abort();
    await failed;
    await expect(shop.send(query)).rejects.toMatchObject({ code: 'SUBGRAPH_OVERLOADED' });
    expect(shop.client.queued).toBe(0);
    hanging.release();
    expect(await first).toEqual(answer);
  });
});
