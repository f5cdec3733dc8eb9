import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import { build as buildCrm } from '@alexandrite/crm/build';
import { readEnv as crmEnv } from '@alexandrite/crm/env';
import { build as buildGateway } from '@alexandrite/gateway/build';
import { loadSettings } from '@alexandrite/gateway/config/load';
import type { Service } from '@alexandrite/lifecycle';
import { Closers } from '@alexandrite/lifecycle/closers';
import { createStreams } from '@alexandrite/local/create-streams';
import { build as buildMes } from '@alexandrite/mes/build';
import { readEnv as mesEnv } from '@alexandrite/mes/env';
import type { Ports } from '@alexandrite/ports';
import { openPorts } from '@alexandrite/ports/open-ports';
import { build as buildEngine } from '@alexandrite/pricing-engine/build';
import { readEnv as engineEnv } from '@alexandrite/pricing-engine/env';
import { build as buildShop } from '@alexandrite/shop/build';
import { readEnv as shopEnv } from '@alexandrite/shop/env';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { Client } from '../harness/client.ts';
import { freePort } from '../harness/free-port.ts';
import { createTestDatabase } from '../harness/postgres.ts';
import { unknownRing } from '../harness/ring.ts';
import { serverBinary, startNats, startRedis } from '../harness/servers.ts';
import { until } from '../harness/until.ts';

const there = [serverBinary('nats-server'), serverBinary('redis-server')].every((binary) => binary !== null);
const secret = randomBytes(32).toString('hex');
const closers = new Closers();
const clients: Client[] = [];
const databases: Record<string, string> = {};
const services: { name: string; url: string }[] = [];
/** What the partner's own server was sent: `order:version`. */
const told: string[] = [];
let hook: string;
let url: string;

/** Each service twice, as two processes would be: on one database, one NATS and one Redis, with connections of its own. */
beforeAll(async () => {
  if (!there) return;
  const [nats, redis] = [closers.use(await startNats(), 'nats'), closers.use(await startRedis(), 'redis')];
  await createStreams(nats.url);
  const folder = await mkdtemp(join(tmpdir(), 'two-of-each-'));
  closers.add('the folder', () => rm(folder, { recursive: true, force: true }));
  const partner = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { order } = JSON.parse(body) as { order: { id: string; version: number } };
    told.push(`${order.id}:${order.version}`);
    response.end();
  }).listen(0, '127.0.0.1');
  closers.add("the partner's server", () => partner.close());
  await once(partner, 'listening');
  const hookHost = `127.0.0.1:${(partner.address() as AddressInfo).port}`;
  hook = `http://${hookHost}/`;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const backends = { NATS_URL: nats.url, REDIS_URL: redis.url, DATA_DIR: folder };
  const environment = (name: string) => ({
    ...backends,
    DATABASE_URL: databases[name],
    PUBLIC_URL: url,
    GATEWAY_SECRET: secret,
    LOG_LEVEL: 'error',
    PRICING_WORKERS: '1',
    WEBHOOK_ALLOWED_HOSTS: hookHost,
  });
  const { log } = memoryLog();
  const ports = async (name: string) => closers.use(await openPorts(backends, log, name), `ports of ${name}`);
  const twice = async (name: string, build: (ports: Ports) => Promise<Service>) => {
    if (name !== 'pricing-engine') databases[name] = closers.use(await createTestDatabase(name)).url;
    const two = await Promise.all(
      [1, 2].map(async (n) => closers.use(await build(await ports(`${name} ${n}`)), `${name} ${n}`)),
    );
    for (const service of two) services.push({ name, url: service.url });
    return two.map((service) => service.url);
  };
  const shop = await twice('shop', (own) => buildShop(shopEnv(environment('shop')), own));
  const crm = await twice('crm', (own) => buildCrm(crmEnv(environment('crm')), own));
  const mes = await twice('mes', (own) => buildMes(mesEnv(environment('mes')), own));
  await twice('pricing-engine', (own) => buildEngine(engineEnv(environment('pricing-engine')), own));
  const graphql = (urls: string[]) => urls.map((one) => `${one}/graphql`).join(',');
  const config = fileURLToPath(new URL('../../deploy/gateway.json', import.meta.url));
  const { settings, subgraphUrls } = loadSettings(
    { config, settings: {} },
    {
      ...environment('gateway'),
      AUTH_SECRET: secret,
      CURSOR_SECRET: secret,
      PORT: String(port),
      UPLOADS_URL: shop[0],
      SUBGRAPH_URL_SHOP: graphql(shop),
      SUBGRAPH_URL_CRM: graphql(crm),
      SUBGRAPH_URL_MES: graphql(mes),
    },
  );
  closers.use(await buildGateway(settings, { ...(await ports('gateway')), subgraphUrls }), 'the gateway');
}, 120_000);

afterAll(async () => {
  for (const client of clients) client[Symbol.dispose]();
  await closers[Symbol.asyncDispose]();
}, 60_000);

async function as(role: string, sub: string): Promise<Client> {
  const token = await signToken(sharedKey(secret, 'AUTH_SECRET'), { sub, role }, 600);
  const client = new Client(url, token);
  clients.push(client);
  return client;
}

/** One move; on a machine that is slow today the baton may come later than a mutation waits for it. */
function done(client: Client, verb: string, id: string, args: Record<string, string> = {}) {
  return until(`${verb} is done`, async () => {
    const result = await client.move(verb, id, args);
    return result.code !== 'NOT_HOLDER' && result;
  });
}

// biome-ignore lint/suspicious/noExplicitAny: rows have the shape that the test asked for
async function sql(name: string, text: string): Promise<any[]> {
  const client = new pg.Client({ connectionString: databases[name] });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

(there ? test : test.skip)(
  'two of each service do the work once, and share it',
  async () => {
    const count = 10;
    const partner = await as('partner', 'partner-1');
    await partner.ask(
      'mutation ($url: String!) { registerWebhook(url: $url) { ... on WebhookSecret { secret } ... on Refusal { code } } }',
      { url: hook },
    );
    const ids = await Promise.all(
      Array.from({ length: count }, async () => {
        const modelId = await partner.upload('ring.stl', unknownRing({ segments: 24, sides: 12 }).bytes);
        const { createOrder } = await partner.ask(
          'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on Order { id } } }',
          { input: { modelId, alloy: 'SILVER_925', finish: 'RAW', quantity: 1 } },
        );
        await partner.move('submitOrder', createOrder.id);
        return createOrder.id as string;
      }),
    );
    const [seller, operator] = [await as('seller', 'seller-1'), await as('operator', 'operator-1')];
    await Promise.all(
      ids.map(async (id) => {
        await until('its price is there', async () => {
          const { order } = await partner.ask('query ($id: ID!) { order(id: $id) { status } }', { id });
          return order.status === 'PRICE_CALCULATED';
        });
        await done(partner, 'acceptPrice', id);
        await done(seller, 'approveOrder', id);
        for (const verb of ['takeOrder', 'completeOrder', 'packOrder']) await done(operator, verb, id);
        await done(operator, 'shipOrder', id, { trackingNumber: 'RU123456789' });
        expect(await done(seller, 'closeOrder', id)).toMatchObject({ status: 'CLOSED', version: 10 });
      }),
    );

    await until('all three know that all are closed', async () => {
      const known = await Promise.all(
        Object.keys(databases).map((name) =>
          sql(name, `select 1 from orders where status = 'CLOSED' and version = 10`),
        ),
      );
      return known.every((rows) => rows.length === count);
    });
    // priced once each, and each move written down once, without a hole
    expect(
      await sql('mes', 'select count(*)::int as n, count(distinct order_id)::int as orders from prices'),
    ).toEqual([{ n: count, orders: count }]);
    const moves = await sql(
      'shop',
      'select order_id, array_agg(version order by version) as versions from order_moves group by 1',
    );
    expect(moves.map(({ versions }) => versions)).toEqual(Array(count).fill([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));

    // told of each move once, each order's in its order, by whichever of the two
    await until('the partner has heard of everything', async () => told.length >= 10 * count);
    for (const id of ids)
      expect(told.filter((one) => one.startsWith(id))).toEqual(
        moves[0].versions.map((n: number) => `${id}:${n}`),
      );
    const { webhooks } = await partner.ask(
      '{ webhooks { deliveries(first: 1, state: WAITING) { nodes { id } } } }',
    );
    expect(webhooks).toEqual([{ deliveries: { nodes: [] } }]);

    // shared, not done by one of them while the other looks on
    const texts = await Promise.all(
      services.map(async (service) => ({
        ...service,
        text: await (await fetch(`${service.url}/metrics`)).text(),
      })),
    );
    const sum = (text: string, metric: string) =>
      [...text.matchAll(new RegExp(`^${metric}\\{.*\\} (\\d+)$`, 'gm'))].reduce(
        (total, [, n]) => total + Number(n),
        0,
      );
    for (const name of ['shop', 'crm', 'mes']) {
      const each = texts.filter((one) => one.name === name).map(({ text }) => sum(text, 'order_moves_total'));
      expect([name, each.reduce((a, b) => a + b)]).toEqual([name, 10 * count]);
      expect([name, Math.min(...each) > 0]).toEqual([name, true]);
    }
    const engines = texts.filter(({ name }) => name === 'pricing-engine');
    expect(engines.map(({ text }) => sum(text, 'pricing_requests_total')).reduce((a, b) => a + b)).toBe(
      count,
    );
  },
  120_000,
);
