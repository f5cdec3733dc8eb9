import { createHmac, randomUUID } from 'node:crypto';
import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import type { Database } from '@alexandrite/database';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { until } from '@alexandrite/e2e/harness/until';
import { Closers } from '@alexandrite/lifecycle/closers';
import type { Outbox } from '@alexandrite/outbox';
import { openOutbox } from '@alexandrite/outbox/open-outbox';
import { streams } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startReceiver } from '../../test/receiver.ts';
import { openCrmDatabase } from '../database.ts';
import { WebhookSender, type WebhookSenderOptions } from './webhook-sender.ts';

const soon = [20, 20, 20, 20, 20, 20, 20, 20, 20, 20];
const { log, entries } = memoryLog('crm');
const closers = new Closers();
let bus: Bus;
let database: Database;
let outbox: Outbox;

beforeAll(async () => {
  const server = closers.use(await createTestDatabase('webhooks'));
  bus = closers.use(await openLocalBus({ log }));
  await bus.ensureStreams(streams);
  database = closers.use(await openCrmDatabase({ url: server.url, log, metrics: new Metrics('crm') }));
  outbox = closers.use(openOutbox({ database, bus, log, metrics: new Metrics('crm') }));
  await outbox.start();
  await sql(
    `insert into accounts values ('partner-1', 'PARTNER', 'One', now()), ('partner-2', 'PARTNER', 'Two', now())`,
  );
});
afterAll(() => closers[Symbol.asyncDispose]());
beforeEach(() => sql('delete from webhooks'));

// biome-ignore lint/suspicious/noExplicitAny: rows have the shape that the test asked for
function sql(text: string, values: unknown[] = []): Promise<any[]> {
  return database.em().execute(text, values);
}

async function webhook(url: string, accountId = 'partner-1'): Promise<string> {
  const id = randomUUID();
  await sql('insert into webhooks (id, account_id, url, secret) values (?, ?, ?, ?)', [
    id,
    accountId,
    url,
    `secret of ${id}`,
  ]);
  return id;
}

/** Versions 1 to `versions` of a new order. */
async function queue(webhookId: string, versions: number): Promise<string> {
  const orderId = randomUUID();
  for (let version = 1; version <= versions; version++) {
    const id = randomUUID();
    await sql(
      `insert into webhook_deliveries (id, webhook_id, order_id, version, event, payload, headers)
       values (?, ?, ?, ?, 'order.moved', ?, ?)`,
      [
        id,
        webhookId,
        orderId,
        version,
        JSON.stringify({ id, type: 'order.moved', order: { id: orderId, version } }),
        JSON.stringify({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
      ],
    );
  }
  return orderId;
}

function sender(hosts: string[], options: Partial<WebhookSenderOptions> = {}) {
  const metrics = new Metrics('crm');
  const made = new WebhookSender({
    database,
    outbox,
    log,
    metrics,
    allowed: new Set(hosts),
    delaysMs: soon,
    ...options,
  });
  made.start();
  const rung = setInterval(() => made.wake(), 10); // retries here are due sooner than anybody looks
  return Object.assign(made, {
    metrics,
    async [Symbol.asyncDispose]() {
      clearInterval(rung);
      await WebhookSender.prototype[Symbol.asyncDispose].call(made);
    },
  });
}

const left = async () =>
  Number((await sql(`select count(*) as n from webhook_deliveries where state = 'WAITING'`))[0].n);
const delivered = (count = 0) => until('everything is delivered', async () => (await left()) === count);

test('a delivery is signed by every secret that is good, and carries the trace of the order', async () => {
  await using receiver = await startReceiver();
  const id = await webhook(receiver.url);
  await sql(
    `update webhooks set previous_secret = 'old', previous_until = now() + interval '1 hour' where id = ?`,
    [id],
  );
  await queue(id, 1);
  await using _sender = sender([receiver.host]);
  await delivered();
  const [{ headers, body, event }] = receiver.all as [(typeof receiver.all)[0]];
  const [, t, ...signatures] = /^t=(\d+),v1=(\w+),v1=(\w+)$/.exec(String(headers['alexandrite-signature']))!;
  expect(Math.abs(Number(t) - Date.now() / 1_000)).toBeLessThan(60);
  const expected = [`secret of ${id}`, 'old'].map((secret) =>
    createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'),
  );
  expect(signatures).toEqual(expected);
  expect(headers['alexandrite-delivery']).toBe(event.id);
  expect(headers.traceparent).toContain('0af7651916cd43dd8448eb211c80319c');
  expect(JSON.stringify(entries)).not.toContain('secret of');
});

test('two processes send each delivery once, each order in its order, though each fails once', async () => {
  const failed = new Set<string>();
  await using receiver = await startReceiver(({ event }, response) => {
    response.statusCode = failed.has(event.id) ? 204 : 503;
    failed.add(event.id);
    response.end();
  });
  const id = await webhook(receiver.url);
  const orders = await Promise.all(Array.from({ length: 6 }, () => queue(id, 4)));
  await using _one = sender([receiver.host]);
  await using _two = sender([receiver.host]);
  await delivered();
  for (const order of orders) {
    const versions = receiver.all
      .filter(({ event }) => event.order?.id === order)
      .map(({ event }) => event.order!.version);
    expect(versions).toEqual(versions.toSorted());
    expect([...new Set(versions)]).toEqual([1, 2, 3, 4]);
  }
  const [{ n }] = await sql(`select count(*)::int as n from webhook_deliveries where state = 'DELIVERED'`);
  expect(n).toBe(24);
  expect(receiver.all).toHaveLength(48); // 24 that failed, 24 that did not, none twice
});

test('a partner who does not answer harms nobody but himself', async () => {
  await using silent = await startReceiver(() => undefined);
  await using quick = await startReceiver();
  const slow = await webhook(silent.url);
  for (let n = 0; n < 20; n++) await queue(slow, 1);
  const fast = await webhook(quick.url, 'partner-2');
  for (let n = 0; n < 20; n++) await queue(fast, 1);
  {
    await using _sender = sender([silent.host, quick.host], { attemptMs: 60_000, delaysMs: [60_000] });
    await until('the quick one has all', async () => quick.all.length === 20);
    // four of the slow one's are under way, the others wait for those
    expect(silent.all.length).toBeLessThanOrEqual(4);
    await silent[Symbol.asyncDispose]();
  }
  await using mute = await startReceiver(() => undefined);
  const third = await webhook(mute.url);
  await queue(third, 1);
  await using _sender = sender([mute.host], { attemptMs: 200, delaysMs: [60_000] });
  await until('silence is an error', async () => {
    const [row] = await sql('select error from webhook_deliveries where webhook_id = ?', [third]);
    return row?.error?.includes('no answer within');
  });
});

test('partners who answer slowly, and have much waiting, do not keep one with a single event waiting', async () => {
  await using silent = await startReceiver(() => undefined);
  await using quick = await startReceiver();
  for (let n = 0; n < 8; n++) {
    const slow = await webhook(silent.url);
    for (let order = 0; order < 12; order++) await queue(slow, 1);
  }
  await using _sender = sender([silent.host, quick.host], { attemptMs: 1_500 });
  await until('all places are taken', async () => silent.all.length >= 32);
  await queue(await webhook(quick.url, 'partner-2'), 1);
  await until('the quick one has his', async () => quick.all.length === 1);
  // Its turn is the next one, and does not come behind the 96 that were there before.
  expect(silent.all.length).toBeLessThan(80);
});

test('what fails all day disables the webhook with a notice, and is sent in order when it is enabled again', async () => {
  await using receiver = await startReceiver((_, response) => void response.writeHead(500).end());
  const id = await webhook(receiver.url);
  const order = await queue(id, 3);
  await using notices = await bus.subscribe(['webhooks.>']);
  await using made = sender([receiver.host]);
  for await (const { subject, payload } of notices) {
    expect(subject).toBe(`webhooks.partner-1.${id}`);
    expect(payload).toMatchObject({ webhook: { id }, disabledReason: 'FAILING' });
    break;
  }
  expect(receiver.seen()).toEqual(Array(11).fill(`${order}:1`));
  const [state] = await sql('select disabled_reason, failing_since is not null as failing from webhooks');
  expect(state).toEqual({ disabled_reason: 'FAILING', failing: true });
  expect(await made.metrics.text()).toMatch(/webhook_attempt_seconds_count\{.*outcome="disabled".*\} 1/);

  receiver.answer = (_, response) => void response.end();
  receiver.all.length = 0;
  await sql('update webhooks set disabled_at = null, disabled_reason = null, failing_since = null');
  await delivered();
  expect(receiver.seen()).toEqual([1, 2, 3].map((version) => `${order}:${version}`));
});

test('one order that is never taken does not hold up the others for ever, nor itself', async () => {
  let bad = '';
  await using receiver = await startReceiver(({ event }, response) => {
    response.statusCode = event.order?.id === bad && event.order.version === 1 ? 422 : 200;
    response.end();
  });
  const id = await webhook(receiver.url);
  bad = await queue(id, 2);
  await using _sender = sender([receiver.host]);
  await until('the first attempt has failed', async () => receiver.all.length > 1);
  await queue(id, 1);
  await delivered();
  const states = await sql(
    'select version, state, response_status as status from webhook_deliveries where order_id = ? order by version',
    [bad],
  );
  expect(states).toEqual([
    { version: 1, state: 'GIVEN_UP', status: 422 },
    { version: 2, state: 'DELIVERED', status: 200 },
  ]);
});

test('redirects are not followed, 410 is the end, and private addresses are never asked', async () => {
  await using inside = await startReceiver();
  await using receiver = await startReceiver(({ path }, response) => {
    response.writeHead(path === '/gone' ? 410 : 302, { location: inside.url }).end();
  });
  const base = `http://${receiver.host}`;
  const ids = [
    await webhook(`${base}/moved`),
    await webhook(`${base}/gone`),
    await webhook(inside.url),
    await webhook('https://localhost/x'),
  ];
  for (const id of ids) await queue(id, 1);
  await using _sender = sender([receiver.host], { delaysMs: [60_000] });
  const errors = await until('all were attempted', async () => {
    const rows = await sql(
      `select d.error, w.disabled_reason as disabled from webhooks w join webhook_deliveries d on d.webhook_id = w.id
        where d.error is not null order by array_position(?::uuid[], w.id)`,
      [`{${ids.join(',')}}`],
    );
    return rows.length === 4 && rows;
  });
  expect(errors).toEqual([
    { error: 'redirects are not followed', disabled: null },
    { error: expect.stringContaining('2xx'), disabled: 'GONE' },
    { error: 'The URL must begin with https://.', disabled: null },
    { error: expect.stringContaining('not a public one'), disabled: null },
  ]);
  expect(inside.all).toEqual([]);
});
