import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { type CollectedSpan, type Collector, startCollector } from '../harness/collector.ts';
import { type Platform, startPlatform } from '../harness/platform.ts';
import { readMetrics } from '../harness/read-metrics.ts';
import { unknownRing } from '../harness/ring.ts';
import { until } from '../harness/until.ts';
import { metricsIn, readDashboards, readRules } from '../monitoring/monitoring-files.ts';

const ORDER_PRICE = `subscription ($id: ID!) {
  orderPrice(orderId: $id) {
    stage progress reason
    price { totalMinor vatMinor currency lines { code amountMinor } geometry { volumeMm3 watertight } }
    order { id status version }
  }
}`;
const CREATE = `mutation ($input: CreateOrderInput!) {
  createOrder(input: $input) { ... on Order { id number status version channel } ... on Refusal { code message } }
}`;

describe.each(['embedded', 'full'] as const)('on the %s platform', (kind) => {
  let platform: Platform;
  let collector: Collector;
  const clients: Client[] = [];
  const as = async (role: string, sub: string) => {
    const client = new Client(platform.url, await platform.token(role, sub));
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    collector = await startCollector();
    platform = await startPlatform(kind, {
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' },
    });
  }, 180_000);

  afterAll(async () => {
    for (const client of clients) client[Symbol.dispose]();
    await platform?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  }, 60_000);

  async function priced(customer: Client, model = unknownRing()) {
    const modelId = await customer.upload('ring.stl', model.bytes);
    const { createOrder } = await customer.ask(CREATE, {
      input: { modelId, alloy: 'GOLD_585_YELLOW', finish: 'POLISHED', quantity: 2 },
    });
    const messages = customer.subscribe(ORDER_PRICE, { id: createOrder.id });
    const stages: string[] = [];
    let submitted = false;
    for await (const message of messages) {
      expect(message.errors).toBeUndefined();
      const now = message.data.orderPrice;
      stages.push(now.stage);
      if (!submitted) {
        submitted = true;
        expect(now.stage).toBe('NOT_SUBMITTED');
        expect(await customer.move('submitOrder', createOrder.id)).toMatchObject({
          status: 'SUBMITTED',
          version: 3,
        });
      }
      if (now.stage === 'CALCULATED' || now.stage === 'FAILED')
        return { order: createOrder, stages, last: now, model };
    }
    throw new Error(`the subscription ended after ${stages}`);
  }

  test('a ring is uploaded, priced live, and the graph confirms the price', async () => {
    const customer = await as('customer', 'e2e-anna');
    const { order, stages, last, model } = await priced(customer);

    expect(order).toMatchObject({ status: 'FILE_UPLOADED', version: 2, channel: 'B2C' });
    expect(stages[0]).toBe('NOT_SUBMITTED');
    expect(stages).toContain('QUEUED');
    expect(stages.at(-1)).toBe('CALCULATED');
    expect(last.price.geometry.volumeMm3 / model.volumeMm3).toBeCloseTo(1, 5);
    const sum = last.price.lines.reduce(
      (total: number, line: { amountMinor: number }) => total + line.amountMinor,
      0,
    );
    expect(sum).toBe(last.price.totalMinor);

    // never backwards: the very next query knows what the message said
    const confirmed = await customer.ask(
      '{ order(id: "ID") { status version price { totalMinor } pricing { stage progress } history { from to by system at duration } } }'.replace(
        'ID',
        order.id,
      ),
    );
    expect(confirmed.order.status).toBe('PRICE_CALCULATED');
    expect(confirmed.order.price.totalMinor).toBe(last.price.totalMinor);
    expect(confirmed.order.pricing).toEqual({ stage: 'CALCULATED', progress: 1 });
    expect(
      confirmed.order.history.map((move: { to: string; system: string }) => `${move.to} ${move.system}`),
    ).toEqual(['INITIATED SHOP', 'FILE_UPLOADED SHOP', 'SUBMITTED SHOP', 'PRICE_CALCULATED MES']);
  });

  test('one trace follows the order from its submission to the price, through every service', async () => {
    const customer = await as('customer', 'e2e-tracy');
    const { order } = await priced(customer);
    const wayOf = await until('the CRM has heard of the price', async () => {
      const asked = collector.spans.find(
        (span) => span.attributes['messaging.message.id'] === `${order.id}-3`,
      );
      const trace = asked ? collector.spansOf(asked.traceId) : [];
      const byId = new Map(trace.map((span) => [span.spanId, span]));
      const heard = trace.find(
        (span) =>
          span.name === 'process crm-orders' && span.attributes['messaging.message.id'] === `${order.id}:4`,
      );
      const way: string[] = [];
      let step: CollectedSpan | undefined = heard;
      for (; step; step = byId.get(step.parentSpanId ?? '')) way.unshift(`${step.service}: ${step.name}`);
      return way[0] === 'gateway: POST /graphql' && { way, trace };
    });
    expect(wayOf.way).toEqual([
      'gateway: POST /graphql',
      'gateway: fetch shop',
      'shop: POST /graphql',
      'shop: publish orders',
      'mes: process mes-orders',
      'mes: publish pricing',
      'pricing-engine: process pricing-b2c',
      'pricing-engine: publish pricing',
      'mes: process mes-pricing-results',
      'mes: publish orders',
      'crm: process crm-orders',
    ]);
    const names = wayOf.trace.map(({ service, name }) => `${service}: ${name}`);
    expect(names).toEqual(expect.arrayContaining(['pricing-engine: union', 'gateway: deliver']));
  });

  test('an order walks all ten statuses, and everybody sees each step at once', async () => {
    const customer = await as('customer', 'e2e-boris');
    const seller = await as('seller', 'e2e-seller');
    const operator = await as('operator', 'e2e-operator');
    const { order } = await priced(customer);

    const seen: string[] = [];
    const watching = (async () => {
      const messages = customer.subscribe(
        'subscription ($id: ID!) { orderStatus(orderId: $id) { from to version order { status version } } }',
        { id: order.id },
      );
      for await (const message of messages) {
        const change = message.data.orderStatus;
        seen.push(`${change.version} ${change.to}`);
        if (change.to === 'CLOSED') return;
      }
    })();
    await until('the subscription begins with the current state', async () => seen.length > 0);

    expect(await seller.move('approveOrder', order.id)).toMatchObject({ code: 'PRICE_NOT_ACCEPTED' });
    expect(await customer.move('acceptPrice', order.id)).toMatchObject({
      status: 'PRICE_CALCULATED',
      version: 4,
    });
    const steps: [Client, string, string, Record<string, string>?][] = [
      [seller, 'approveOrder', 'MANUFACTURING_APPROVED'],
      [operator, 'takeOrder', 'MANUFACTURING_STARTED'],
      [operator, 'completeOrder', 'MANUFACTURING_COMPLETED'],
      [operator, 'packOrder', 'PACKAGING'],
      [operator, 'shipOrder', 'SHIPPED', { trackingNumber: 'RU123456789' }],
      [seller, 'closeOrder', 'CLOSED'],
    ];
    let version = 4;
    for (const [who, field, status, args] of steps) {
      version += 1;
      expect([field, await who.move(field, order.id, args)]).toMatchObject([field, { status, version }]);
      const { order: read } = await customer.ask('query ($id: ID!) { order(id: $id) { status version } }', {
        id: order.id,
      });
      expect(read.version).toBeGreaterThanOrEqual(version);
    }
    await watching;
    expect(seen).toEqual([
      '4 PRICE_CALCULATED',
      '5 MANUFACTURING_APPROVED',
      '6 MANUFACTURING_STARTED',
      '7 MANUFACTURING_COMPLETED',
      '8 PACKAGING',
      '9 SHIPPED',
      '10 CLOSED',
    ]);
    const { order: closed } = await seller.ask(
      'query ($id: ID!) { order(id: $id) { history { version to by system } operator { id } account { id name } approval { approvedBy } } }',
      { id: order.id },
    );
    expect(closed.history.map((move: { version: number }) => move.version)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(closed.operator.id).toBe('e2e-operator');
    expect(closed.approval.approvedBy).toBe('e2e-seller');
  });

  test('a file that is no model fails with a reason for the customer', async () => {
    const customer = await as('customer', 'e2e-vera');
    const { last } = await priced(customer, { bytes: Buffer.alloc(65_536), triangles: 0, volumeMm3: 0 });
    expect(last.stage).toBe('FAILED');
    expect(last.reason.length).toBeGreaterThan(20);
    expect(last.price).toBeNull();
    expect(last.order.status).toBe('PRICE_FAILED');
  });

  test('a stranger gets nothing', async () => {
    const owner = await as('customer', 'e2e-owner');
    const { order } = await priced(owner);
    const known = await owner.ask('query ($id: ID!) { order(id: $id) { price { id } model { id } } }', {
      id: order.id,
    });

    for (const stranger of [await as('customer', 'e2e-stranger'), await as('partner', 'partner-2')]) {
      const read = await stranger.send(
        `query ($id: ID!, $model: ID!) {
          order(id: $id) { id } model(id: $model) { id } orderPrice(orderId: $id) { stage } orderStatus(orderId: $id) { to }
          workQueue { nodes { id } } dashboard { atRisk } approvalQueue { nodes { order { id } } }
        }`,
        { id: order.id, model: known.order.model.id },
      );
      for (const value of Object.values(read.data ?? {})) expect(value).toBeNull();
      for (const field of [
        'submitOrder',
        'cancelOrder',
        'acceptPrice',
        'rejectPrice',
        'approveOrder',
        'takeOrder',
        'completeOrder',
      ]) {
        expect([field, await stranger.move(field, order.id)]).toMatchObject([
          field,
          { code: expect.stringMatching(/NOT_FOUND|FORBIDDEN/) },
        ]);
      }
      for (const field of ['orderPrice(orderId: $id) { stage }', 'orderStatus(orderId: $id) { to }']) {
        const first = await stranger
          .subscribe(`subscription ($id: ID!) { ${field} }`, { id: order.id })
          .next()
          .then(
            ({ value }) => value,
            (error: unknown) => error,
          );
        expect(JSON.stringify(first)).toContain('NOT_FOUND');
      }
    }
    const nobody = new Client(platform.url, null);
    const anonymous = await nobody.send('query ($id: ID!) { order(id: $id) { id } }', { id: order.id });
    expect(anonymous.data?.order ?? null).toBeNull();
    const { order: untouched } = await owner.ask('query ($id: ID!) { order(id: $id) { version } }', {
      id: order.id,
    });
    expect(untouched.version).toBe(4);
  });

  test("a partner's budget goes down, refuses, and comes back", async () => {
    const partner = await as('partner', 'partner-1');
    const query = '{ orders(first: 50) { nodes { id status history { to } } } }';
    const first = await partner.send(query);
    expect(first.errors).toBeUndefined();
    const { requestedQueryCost, actualQueryCost, throttleStatus } = first.extensions!.cost;
    expect(requestedQueryCost).toBeGreaterThan(50);
    expect(actualQueryCost).toBeLessThanOrEqual(requestedQueryCost);
    expect(throttleStatus).toMatchObject({ maximumAvailable: 10_000, restoreRate: 500 });
    expect(throttleStatus.currentlyAvailable).toBeLessThan(10_000);

    const big = await partner.send(
      `{ ${Array.from({ length: 10 }, (_, i) => `a${i}: orders(first: 100) { nodes { id history { to } price { lines { code } } } }`).join(' ')} }`,
    );
    expect(big.errors?.[0]?.extensions?.code).toBe('MAX_COST_EXCEEDED');

    const burst = await Promise.all(
      Array.from({ length: 40 }, () =>
        partner.send('{ orders(first: 100) { nodes { id number history { to at } } } }'),
      ),
    );
    const refused = burst.find((answer) => answer.errors?.[0]?.extensions?.code === 'THROTTLED');
    expect(refused).toBeDefined();
    await until('the budget is restored', async () => {
      const { budget } = await partner.ask('{ budget { maximumAvailable currentlyAvailable } }');
      return budget.currentlyAvailable > 9_000;
    });
    expect((await (await as('customer', 'e2e-anna')).send('{ me { id } }')).extensions?.cost).toBeUndefined();
  }, 60_000);

  test('tokens that are withdrawn end what was opened with them, and open nothing more', async () => {
    const leaver = await as('operator', 'e2e-leaver');
    const stays = await as('operator', 'e2e-stays');
    const heard = leaver.subscribe('subscription { dashboard { __typename } }');
    expect((await heard.next()).value).toMatchObject({ data: { dashboard: {} } });
    await platform.revoke('e2e-leaver');
    const code = { extensions: { code: 'TOKEN_REVOKED' } };
    await expect(heard.next()).rejects.toMatchObject([code]);
    expect(await leaver.send('{ me { __typename } }')).toMatchObject({ errors: [code] });
    expect(await stays.send('{ dashboard { __typename } }')).not.toHaveProperty('errors');
  });

  test('a partner acknowledges what he was told of his orders', async () => {
    const partner = await as('partner', 'partner-2');
    const headers = { authorization: `Bearer ${partner.token}`, 'content-type': 'application/json' };
    const listen = async () => {
      const leaving = new AbortController();
      const { body } = await fetch(`${platform.url}/graphql`, {
        method: 'POST',
        headers: { ...headers, accept: 'text/event-stream' },
        body: JSON.stringify({
          query: 'subscription { myOrders { to order { id } } }',
          extensions: { durable: 'e2e' },
        }),
        signal: leaving.signal,
      });
      const text = body!.pipeThrough(new TextDecoderStream()).getReader();
      let got = '';
      return {
        /** The cursors of the statuses of an order, up to the last of these. */
        async until(order: string, ...statuses: string[]): Promise<string[]> {
          const found = () =>
            [...got.matchAll(/^id: (.*)\ndata: (.*)$/gm)].flatMap(([, id, data]) => {
              const { myOrders } = JSON.parse(data!).data;
              return myOrders.order.id === order ? [{ id: id!, to: myOrders.to }] : [];
            });
          while (found().length < statuses.length) got += (await text.read()).value;
          expect(found().map(({ to }) => to)).toEqual(statuses);
          return found().map(({ id }) => id);
        },
        leave: () => leaving.abort(),
      };
    };
    const first = await listen();
    const modelId = await partner.upload('ring.stl', unknownRing().bytes);
    const { createOrder } = await partner.ask(CREATE, {
      input: { modelId, alloy: 'SILVER_925', finish: 'RAW', quantity: 1 },
    });
    const [cursor] = await first.until(createOrder.id, 'INITIATED', 'FILE_UPLOADED');
    const acknowledged = await fetch(`${platform.url}/graphql/acknowledge`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ durable: 'e2e', cursor }),
    });
    expect(await acknowledged.json()).toEqual({ acknowledged: cursor });
    first.leave();
    const again = await listen();
    await again.until(createOrder.id, 'FILE_UPLOADED');
    again.leave();
  });

  test('the dashboard and the work queue follow the events', async () => {
    const customer = await as('customer', 'e2e-galina');
    const seller = await as('seller', 'e2e-seller');
    const operator = await as('operator', 'e2e-operator');
    const messages = operator.subscribe(
      'subscription { dashboard { ordersByStatus { status count } queues { name waiting } atRisk asOf } }',
    );
    const approved = async () => {
      const { value } = await messages.next();
      const counts = value.data.dashboard.ordersByStatus as { status: string; count: number }[];
      return counts.find(({ status }) => status === 'MANUFACTURING_APPROVED')?.count ?? 0;
    };
    const before = await approved();
    const { order } = await priced(customer);
    await customer.move('acceptPrice', order.id);
    await seller.move('approveOrder', order.id);
    for (let now = await approved(); now !== before + 1; ) now = await approved();

    const { workQueue } = await operator.ask(
      '{ workQueue(first: 1) { nodes { id status order { id number } } pageInfo { hasNextPage endCursor } } }',
    );
    expect(workQueue.nodes[0]).toMatchObject({
      id: order.id,
      status: 'MANUFACTURING_APPROVED',
      order: { id: order.id },
    });

    // one winner
    const rivals = await Promise.all(Array.from({ length: 8 }, (_, i) => as('operator', `e2e-rival-${i}`)));
    const results = await Promise.all(rivals.map((rival) => rival.move('takeOrder', order.id)));
    expect(results.filter((result) => result.status === 'MANUFACTURING_STARTED')).toHaveLength(1);
    expect(results.filter((result) => result.code !== undefined)).toHaveLength(7);
    await messages.return?.();
  });

  if (kind === 'full')
    test('what alerts and dashboards ask for is exported', async () => {
      const text = await readMetrics(platform);
      const exported = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
      const asked = [
        ...readRules().map(({ alert, expr }) => ({ by: alert, expr })),
        ...readDashboards().flatMap(({ title, panels }) =>
          panels.flatMap((panel) =>
            panel.targets.map(({ expr }) => ({ by: `${title}: ${panel.title}`, expr })),
          ),
        ),
      ];
      const missing = asked.flatMap(({ by, expr }) =>
        metricsIn(expr)
          .filter((name) => !exported.has(name))
          .map((name) => `${by}: ${name}`),
      );
      expect(missing).toEqual([]);

      // The orders above have left their traces, by channel, audience, stage and consumer.
      for (const line of [
        /^mes_pricing_seconds_count\{.*outcome="CALCULATED".*\} [1-9]/m,
        /^order_stage_seconds_count\{.*status="PRICE_CALCULATED",channel="B2C".*\} [1-9]/m,
        /^gateway_operation_seconds_count\{.*audience="partners",kind="query",outcome="ok".*\} [1-9]/m,
        /^gateway_cost_points_total\{.*\} [1-9]/m,
        /^nats_up\{.*\} 1$/m,
        /^nats_consumer_pending_messages\{.*consumer="crm-orders".*\} \d/m,
      ])
        expect(text).toMatch(line);
    });
});
