import { until } from '@alexandrite/e2e/harness/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openStand, type Stand } from '../../test/stand.ts';

let stand: Stand;

beforeEach(async () => {
  stand = await openStand();
});

afterEach(async () => {
  await stand?.[Symbol.asyncDispose]();
});

const DASHBOARD = `{ dashboard {
  id ordersByStatus { status count } queues { name waiting inProgress oldestSeconds }
  oldestWaiting { id status order { id } } oldestWaitingSeconds pricingP50Seconds pricingP95Seconds atRisk asOf
} }`;

// biome-ignore lint/suspicious/noExplicitAny: the answer's own shape
async function look(): Promise<any> {
  return (await stand.ask('operator operator-1', DASHBOARD)).dashboard;
}

async function counts(): Promise<Record<string, number>> {
  const { ordersByStatus } = await look();
  return Object.fromEntries(
    ordersByStatus.map(({ status, count }: { status: string; count: number }) => [status, count]),
  );
}

async function computations(): Promise<number> {
  const found = /mes_dashboard_computation_seconds_count\{[^}]*\} (\d+)/.exec(await stand.metrics.text());
  return Number(found?.[1] ?? 0);
}

test('says what is on the floor, and says that it has changed', async () => {
  expect(await counts()).toMatchObject({ SUBMITTED: 0, MANUFACTURING_APPROVED: 0 });
  const order = await stand.approved({ promisedAt: new Date(Date.now() + 86_400_000).toISOString() });
  await stand.submitted({ channel: 'B2B' });
  await until('the dashboard has followed', async () => {
    const now = await counts();
    return now.SUBMITTED === 1 && now.MANUFACTURING_APPROVED === 1;
  });
  expect(await look()).toMatchObject({
    id: 'main',
    queues: [
      { name: 'B2B', waiting: 1, inProgress: 0, oldestSeconds: expect.any(Number) },
      { name: 'B2C', waiting: 1, inProgress: 0 }, // approved without waiting for the engine
    ],
    oldestWaiting: { id: order.id, status: 'MANUFACTURING_APPROVED', order: { id: order.id } },
    oldestWaitingSeconds: expect.any(Number),
    pricingP50Seconds: null,
    atRisk: 1,
  });
  expect(stand.dashboards.at(-1)).toEqual({ id: 'main' });
  expect(stand.complaints()).toEqual([]);
});

test('whoever hears that it has changed reads what has changed', async () => {
  await stand.quiet();
  const heard = stand.dashboards.length;
  await stand.submitted();
  for (let seen = heard; ; seen = stand.dashboards.length) {
    await until('it has changed', async () => stand.dashboards.length > seen);
    if ((await counts()).SUBMITTED === 1) break;
  }
  await stand.quiet();
  expect(stand.dashboards.length - heard).toBeLessThanOrEqual(4);
});

test('many events cost few computations, and the last one is not forgotten', async () => {
  await stand.quiet();
  const before = await computations();
  const began = Date.now();
  await Promise.all(Array.from({ length: 40 }, () => stand.submitted()));
  await until('all are counted', async () => (await counts()).SUBMITTED === 40);
  const paces = Math.ceil((Date.now() - began) / 250);
  expect((await computations()) - before).toBeLessThanOrEqual(paces + 2);
});

test('many readers of an empty cache compute it once, and nobody computes what lies there', async () => {
  await stand.quiet();
  const before = await computations();
  await stand.cache.delete('mes:dashboard');
  await Promise.all(Array.from({ length: 30 }, look));
  await look();
  expect((await computations()) - before).toBe(1);
});

test('an order becomes a risk without anything happening', async () => {
  const soon = Date.now() + 4_000;
  await stand.submitted({ promisedAt: new Date(soon + 3 * 86_400_000).toISOString() });
  await until('it is counted', async () => (await counts()).SUBMITTED === 1);
  expect((await look()).atRisk).toBe(0);
  await stand.quiet();
  const heard = stand.dashboards.length;
  await until('it is a risk', async () => (await look()).atRisk === 1);
  expect(Date.now()).toBeGreaterThanOrEqual(soon);
  await until('it is pushed', async () => stand.dashboards.length > heard);
});

test('without the cache it is computed, and brought up to date when the cache is back', async () => {
  await stand.quiet();
  stand.cacheIsAway(true);
  await stand.submitted();
  await until('it is counted', async () => (await counts()).SUBMITTED === 1);
  stand.cacheIsAway(false);
  await until('the cache has it', async () => {
    const kept = JSON.parse((await stand.cache.get('mes:dashboard')) ?? '{}');
    return kept.ordersByStatus?.SUBMITTED === 1;
  });
});
