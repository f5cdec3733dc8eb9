import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { until } from '@alexandrite/e2e/harness/until';
import { openFolderFiles } from '@alexandrite/files/folder';
import type { Service } from '@alexandrite/lifecycle';
import { Closers } from '@alexandrite/lifecycle/closers';
import type { Ports } from '@alexandrite/ports';
import type { Channel, PricingProgress, PricingRequest, PricingResult } from '@alexandrite/schema/events';
import { streams, subjects } from '@alexandrite/schema/subjects';
import { loadTariffs, ownTariffs } from '@alexandrite/tariff/load-tariffs';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { binaryStl, cube, moved, objText, type Soup, torus, turnedBy, utf8 } from '../test/shapes.ts';
import { build } from './build.ts';
import { readEnv } from './env.ts';

const folder = mkdtempSync(join(tmpdir(), 'engine-'));
const closers = new Closers();
const results: PricingResult[] = [];
const progress: PricingProgress[] = [];
let ports: Ports;
let engine: Service | undefined;
let count = 0;

beforeAll(async () => {
  const { log } = memoryLog();
  const bus = closers.use(await openLocalBus({ log }));
  await bus.ensureStreams(streams);
  const cache = closers.use(openMemoryCache());
  const files = closers.use(await openFolderFiles(join(folder, 'files')));
  ports = { bus, cache, files };
  await keep(bus, subjects.pricingResult, results);
  await keep(bus, subjects.pricingProgress, progress);
});
afterEach(async () => {
  await engine?.[Symbol.asyncDispose]();
  engine = undefined;
});
afterAll(async () => {
  await closers[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function keep<T>(bus: Bus, subject: string, into: T[]): Promise<void> {
  const subscription = closers.use(await bus.subscribe([subject]), subject);
  void (async () => {
    for await (const { payload } of subscription) into.push(payload as T);
  })();
}

async function start(environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const env = readEnv({ DATA_DIR: folder, LOG_LEVEL: 'silent', PRICING_WORKERS: '1', ...environment });
  engine = await build(env, ports);
}

async function store(bytes: Uint8Array): Promise<string> {
  return (await ports.files.put(Readable.from([bytes]), { maxBytes: 1e9 })).sha256;
}

async function ask(modelSha256: string, more: Partial<PricingRequest> = {}): Promise<PricingRequest> {
  const number = ++count;
  const request: PricingRequest = {
    id: `request-${number}`,
    orderId: `order-${number}`,
    channel: 'B2C',
    modelSha256,
    filename: 'ring.stl',
    alloy: 'SILVER_925',
    finish: 'POLISHED',
    quantity: 1,
    requestedAt: new Date().toISOString(),
    ...more,
  };
  await ports.bus.publish(subjects.pricingRequest(request.channel), request, { messageId: request.id });
  return request;
}

function answerTo({ id }: PricingRequest): Promise<PricingResult> {
  return until(`${id} is answered`, async () => results.find(({ requestId }) => requestId === id));
}

describe('the pricing engine', () => {
  test('answers with a price, and says on the way how far it is', async () => {
    const sha256 = await store(binaryStl(cube(10)));
    await start();
    const request = await ask(sha256, { alloy: 'GOLD_585_YELLOW', quantity: 2 });
    const answer = await answerTo(request);
    expect(answer).toMatchObject({
      outcome: 'CALCULATED',
      source: 'COMPUTED',
      orderId: request.orderId,
      result: {
        model: { sha256, format: 'stl' },
        geometry: { volumeMm3: 1000 },
        metal: { alloy: 'GOLD_585_YELLOW' },
        price: { lines: expect.any(Array), totalMinor: expect.any(Number) },
      },
    });
    const steps = progress.filter(({ requestId }) => requestId === request.id);
    expect(steps.map(({ step }) => step)).toEqual(['reading', 'welding', 'union', 'thickness', 'pricing']);
    expect(steps.map((at) => at.progress)).toEqual(steps.map((at) => at.progress).sort());
  });

  test('measures a model once, whatever it is made of and however it is written', async () => {
    const ring = torus(9, 1.2).map(Math.fround);
    const sha256 = await store(binaryStl(ring));
    await start();
    const first = await answerTo(await ask(sha256));
    const gold = await answerTo(await ask(sha256, { alloy: 'GOLD_750_YELLOW' }));
    const copy = await answerTo(await ask(await store(utf8(objText(ring)))));
    expect([first, gold, copy]).toMatchObject([
      { source: 'COMPUTED' },
      { source: 'CACHE_BYTES' },
      { source: 'CACHE_TRIANGLES', result: { model: { format: 'obj' } } },
    ]);
    if (first.outcome !== 'CALCULATED' || gold.outcome !== 'CALCULATED' || copy.outcome !== 'CALCULATED')
      throw new Error('no price');
    expect(copy.result.price).toEqual(first.result.price);
    expect(gold.result.price.totalMinor).toBeGreaterThan(first.result.price.totalMinor);
  });

  test('knows a model again when it comes moved and turned, also after a new start', async () => {
    const ring = torus(8, 1.1, 80, 24).map((value, index) => value * (index % 3 === 1 ? 1.07 : 1));
    const turned = (aboutZ: number) => moved(turnedBy(ring, aboutZ, -1.2), [31, -7, 12]);
    await start();
    const first = await answerTo(await ask(await store(binaryStl(ring))));
    const second = await answerTo(await ask(await store(binaryStl(turned(0.83)))));
    expect(await (await fetch(`${engine!.url}/metrics`)).text()).toMatch(
      /pricing_requests_total\{[^}]*outcome="CACHE_SHAPE"[^}]*\} 1/,
    );
    await engine![Symbol.asyncDispose]();
    await start();
    const third = await answerTo(await ask(await store(binaryStl(turned(2.1)))));
    expect([first, second, third]).toMatchObject([
      { source: 'COMPUTED' },
      { source: 'CACHE_SHAPE' },
      { source: 'CACHE_SHAPE' },
    ]);
    for (const known of [second, third])
      expect(known.outcome === 'CALCULATED' && known.result.price).toEqual(
        first.outcome === 'CALCULATED' && first.result.price,
      );
  });

  test('estimates what looks like models it has measured, before it measures it', async () => {
    await start();
    for (const wire of [1.3, 1.5])
      await answerTo(await ask(await store(binaryStl(torus(9, wire, 72, 20))), { alloy: 'GOLD_585_YELLOW' }));
    const request = await ask(await store(binaryStl(torus(9.1, 1.41, 72, 20))), { alloy: 'GOLD_585_YELLOW' });
    const answer = await answerTo(request);
    if (answer.outcome !== 'CALCULATED') throw new Error('no price');
    const [first, ...others] = progress.filter(({ requestId }) => requestId === request.id);
    const { lowestMinor, highestMinor, result } = first!.estimate!;
    expect(lowestMinor).toBeLessThan(result.price.totalMinor);
    expect(highestMinor).toBeGreaterThan(result.price.totalMinor);
    expect(answer.result.price.totalMinor).toBeGreaterThan(lowestMinor);
    expect(answer.result.price.totalMinor).toBeLessThan(highestMinor);
    expect(others.every(({ estimate }) => estimate === undefined)).toBe(true);
    expect(answer.source).toBe('COMPUTED');
  });

  test('refuses at once, in both languages, what can have no price', async () => {
    const open = await store(binaryStl(cube(10).slice(9)));
    const sound = await store(binaryStl(cube(10)));
    await start();
    const [holed, tin] = await Promise.all([
      answerTo(await ask(open)),
      answerTo(await ask(sound, { alloy: 'TIN' })),
    ]);
    expect(holed).toMatchObject({
      outcome: 'FAILED',
      code: 'MESH_OPEN',
      message: { en: expect.stringContaining('holes'), ru: expect.stringContaining('дыры') },
    });
    expect(tin).toMatchObject({ outcome: 'FAILED', code: 'UNKNOWN_ALLOY' });
    expect(await ports.bus.depth('PRICING_REQUESTS', 'pricing-b2c')).toEqual({ pending: 0, inFlight: 0 });
  });

  test('ends a model that takes too long, and goes on with the next', async () => {
    const [slow, quick] = [await store(binaryStl(torus(10, 2, 800, 200))), await store(binaryStl(cube(7)))];
    await start({ PRICING_TIME_LIMIT_MS: '150' });
    expect(await answerTo(await ask(slow))).toMatchObject({ outcome: 'FAILED', code: 'TIME_LIMIT' });
    await engine![Symbol.asyncDispose]();
    await start();
    expect(await answerTo(await ask(quick))).toMatchObject({ outcome: 'CALCULATED' });
  });

  test('tries again when the bytes come late, and the same request twice has one answer', async () => {
    const soup: Soup = cube(3);
    const bytes = binaryStl(soup);
    const { createHash } = await import('node:crypto');
    await start();
    const request = await ask(createHash('sha256').update(bytes).digest('hex'));
    await ask(request.modelSha256, { id: request.id, orderId: request.orderId });
    await until('it has been tried', async () => {
      const metrics = await (await fetch(`${engine!.url}/metrics`)).text();
      return /pricing_requests_total\{[^}]*outcome="FAULT"[^}]*\} [1-9]/.test(metrics);
    });
    await store(bytes);
    expect(await answerTo(request)).toMatchObject({ outcome: 'CALCULATED' });
    expect(results.filter(({ requestId }) => requestId === request.id)).toHaveLength(1);
  });

  test('two engines share the work: each request is answered once', async () => {
    const models = await Promise.all(
      Array.from({ length: 12 }, (_, index) => store(binaryStl(torus(6 + index / 10, 1.1, 60, 20)))),
    );
    const asked: PricingRequest[] = [];
    for (const sha256 of models) asked.push(await ask(sha256), await ask(sha256, { channel: 'B2B' }));
    await start({ PRICING_WORKERS: '2' });
    const other = await build(
      readEnv({ DATA_DIR: folder, LOG_LEVEL: 'silent', PRICING_WORKERS: '2' }),
      ports,
    );
    try {
      const answers = await Promise.all(asked.map(answerTo));
      expect(answers.every(({ outcome }) => outcome === 'CALCULATED')).toBe(true);
      for (const { id } of asked) expect(results.filter(({ requestId }) => requestId === id)).toHaveLength(1);
      const shares = await Promise.all(
        [engine!, other].map(async ({ url }) => {
          const metrics = await (await fetch(`${url}/metrics`)).text();
          const counts = metrics.matchAll(/^pricing_requests_total\{.*\} (\d+)$/gm);
          return [...counts].reduce((all, [, count]) => all + Number(count), 0);
        }),
      );
      expect(shares.reduce((all, share) => all + share, 0)).toBe(asked.length);
      for (const share of shares) expect(share).toBeGreaterThan(0);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  test('measures a model once for two orders at a time', async () => {
    const sha256 = await store(binaryStl(torus(7.7, 1.3, 300, 80)));
    await start({ PRICING_WORKERS: '2' });
    const answers = await Promise.all((await Promise.all([ask(sha256), ask(sha256)])).map(answerTo));
    const sources = answers.map((answer) => answer.outcome === 'CALCULATED' && answer.source);
    expect(sources.sort()).toEqual(['CACHE_BYTES', 'COMPUTED']);
  });

  test('takes up a tariff, and metals’ prices, without a new start; a partner’s contract holds', async () => {
    const tariffs = join(folder, 'tariffs');
    cpSync(ownTariffs, tariffs, { recursive: true });
    const metals = join(folder, 'metals.json');
    const minuteAgo = new Date(Date.now() - 60_000).toISOString();
    const gold = { asOf: '2026-11-20', validFrom: minuteAgo, minorPerGram: { GOLD: 1_300_000 } };
    writeFileSync(metals, JSON.stringify({ fixings: [gold] }));
    const sha256 = await store(binaryStl(cube(6)));
    await start({ PRICING_TARIFFS: tariffs, PRICING_METALS: metals });
    const priced = async (more: Partial<PricingRequest> = {}) => {
      const answer = await answerTo(await ask(sha256, { alloy: 'GOLD_585_YELLOW', ...more }));
      if (answer.outcome !== 'CALCULATED') throw new Error('no price');
      return answer.result.price;
    };
    const before = await priced();
    expect(before).toMatchObject({ tariffVersion: loadTariffs().at(-1)!.version, metalAsOf: '2026-11-20' });

    const newest = JSON.parse(readFileSync(join(tariffs, '2026-11-01.json'), 'utf8'));
    const validFrom = minuteAgo.replace(/\.\d+/, ''); // before the fixing of the feed
    const contract = { number: '7', validFrom, discountPercent: 10 };
    const next = { version: 'next', validFrom, contracts: { 'partner-1': [contract] } };
    writeFileSync(join(tariffs, 'next.json'), JSON.stringify({ ...newest, ...next }));
    await until('the tariff is taken up', async () => (await priced()).tariffVersion === 'next');
    const ours = await priced();
    expect(ours.totalMinor).toBe(before.totalMinor);
    const theirs = await priced({ accountId: 'partner-1', channel: 'B2B' });
    expect(theirs.lines.map(({ code }) => code)).toContain('CONTRACT_DISCOUNT');
    expect(theirs.totalMinor / ours.totalMinor).toBeCloseTo(0.9, 4);
    const audit = readFileSync(join(folder, 'tariff-audit.jsonl'), 'utf8');
    expect(audit).toContain('"version":"next"');
  });

  test('favours partners three to one while both wait', async () => {
    const models = await Promise.all(
      Array.from({ length: 32 }, (_, index) => store(binaryStl(cube(5 + index / 10)))),
    );
    const asked: PricingRequest[] = [];
    for (const [index, sha256] of models.entries())
      asked.push(await ask(sha256, { channel: (index % 2 ? 'B2B' : 'B2C') as Channel }));
    await start();
    await Promise.all(asked.map(answerTo));
    const order = results.map(({ requestId }) => asked.find(({ id }) => id === requestId)?.channel);
    const mixed = order.filter((channel) => channel !== undefined).slice(0, 20);
    expect(mixed.filter((channel) => channel === 'B2B').length).toBeGreaterThanOrEqual(14);
    expect(mixed.filter((channel) => channel === 'B2C').length).toBeGreaterThanOrEqual(4);
  });

  test('stops computing for an order that was cancelled', async () => {
    // Rings that cross each other: uniting them takes seconds.
    const rings = Array.from({ length: 10 }, (_, i) =>
      moved(torus(10, 2, 150, 50), [i * 0.37, i * 0.11, i * 0.23]),
    );
    const sha256 = await store(binaryStl(rings.flat()));
    await start();
    const request = await ask(sha256);
    await until('it has begun', async () => progress.some(({ requestId }) => requestId === request.id));
    const cancelled = { order: { id: request.orderId, status: 'CANCELLED', version: 4 } };
    await ports.bus.publish(subjects.orderMoved('a', request.orderId, 'CANCELLED'), cancelled, {
      messageId: 'c',
    });
    await until('it is acknowledged', async () => {
      const { pending, inFlight } = await ports.bus.depth('PRICING_REQUESTS', 'pricing-b2c');
      return pending + inFlight === 0;
    });
    expect(results.some(({ requestId }) => requestId === request.id)).toBe(false);
    // Its request comes once more, as if it had still been in the queue.
    await ask(sha256, { id: 'still-queued', orderId: request.orderId });
    await until('it is acknowledged, too', async () => {
      const { pending, inFlight } = await ports.bus.depth('PRICING_REQUESTS', 'pricing-b2c');
      return pending + inFlight === 0;
    });
    expect([...results, ...progress].some(({ requestId }) => requestId === 'still-queued')).toBe(false);
    const metrics = await (await fetch(`${engine!.url}/metrics`)).text();
    expect(metrics).toMatch(/pricing_requests_total\{[^}]*outcome="CANCELLED"[^}]*\} 2/);
  });

  test('answers a request that became a dead letter with its process', async () => {
    await start();
    const request = {
      id: 'dead-1',
      orderId: 'order-dead',
      channel: 'B2B',
      modelSha256: 'ab',
      filename: 'a',
      alloy: 'A',
      finish: 'B',
      quantity: 1,
      requestedAt: new Date().toISOString(),
    } as const;
    const letter = { reason: 'its attempts ended without an answer', attempts: 6, payload: request };
    await ports.bus.publish('dead.pricing-b2b', letter, { messageId: 'letter' });
    expect(await answerTo(request)).toMatchObject({
      outcome: 'FAILED',
      code: 'PRICING_FAULT',
      message: { en: expect.any(String), ru: expect.any(String) },
    });
  });

  test('says that it lives and is ready', async () => {
    await start();
    expect((await fetch(`${engine!.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${engine!.url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${engine!.url}/elsewhere`)).status).toBe(404);
    expect(await (await fetch(`${engine!.url}/metrics`)).text()).toContain('pricing_queue_messages');
  });
});
