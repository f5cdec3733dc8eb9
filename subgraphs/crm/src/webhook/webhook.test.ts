import { until } from '@alexandrite/e2e/harness/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startReceiver } from '../../test/receiver.ts';
import { type ServedCrm, serveCrm } from '../../test/served-crm.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let crm: ServedCrm;

beforeAll(async () => {
  receiver = await startReceiver();
  crm = await serveCrm({ webhookAllowedHosts: [receiver.host] });
});
afterAll(async () => {
  await crm[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const partner = 'partner:partner-1';
const refusal = '... on Refusal { code message }';
const register = `mutation ($url: String!) {
  registerWebhook(url: $url) { ... on WebhookSecret { secret webhook { id url disabledAt } } ${refusal} }
}`;
const change = (field: string) =>
  `mutation ($id: ID!) { result: ${field}(id: $id) { ... on Webhook { id disabledReason } ${refusal} } }`;
const log = `query ($first: Int, $after: String, $state: WebhookDeliveryState) {
  webhooks { id url deliveries(first: $first, after: $after, state: $state) {
    nodes { id event version state attempts responseStatus payload nextAttemptAt order { id } }
    pageInfo { hasNextPage endCursor }
  } }
}`;

async function registered(): Promise<{ id: string; secret: string }> {
  const { registerWebhook } = await crm.ask(partner, register, { url: receiver.url });
  expect(registerWebhook).toMatchObject({ webhook: { url: receiver.url, disabledAt: null } });
  return { id: registerWebhook.webhook.id, secret: registerWebhook.secret };
}

test("a partner is told of every move of his orders, whoever makes it, and reads the log; others' are not sent", async () => {
  const { id, secret } = await registered();
  expect(secret).toMatch(/^whsec_[\w-]{43}$/);
  const order = await crm.order('partner-1');
  await crm.order('partner-2');
  await crm.order('customer-1');
  await until('all moves have arrived', async () => receiver.all.length === 4);
  expect(receiver.all.map(({ event }) => event)).toMatchObject(
    ['INITIATED', 'FILE_UPLOADED', 'SUBMITTED', 'PRICE_CALCULATED'].map((status, i) => ({
      type: 'order.moved',
      order: { id: order.id, number: 'A-000001', status, version: i + 1 },
      move: { to: status },
    })),
  );
  // its own move, not only those of others
  await crm.ask(partner, 'mutation ($id: ID!) { acceptPrice(id: $id) { __typename } }', { id: order.id });
  await crm.ask('seller:seller-1', 'mutation ($id: ID!) { approveOrder(id: $id) { __typename } }', {
    id: order.id,
  });
  await until('the approval has arrived', async () => receiver.all.length === 5);
  crm.heard(order, 'MANUFACTURING_APPROVED');

  const [first] = await until('the log says so', async () => {
    const { webhooks } = await crm.ask(partner, log, { first: 2, state: 'DELIVERED' });
    return webhooks[0].deliveries.nodes[0]?.version === 5 && webhooks;
  });
  expect(first.deliveries.nodes[0]).toMatchObject({
    event: 'order.moved',
    state: 'DELIVERED',
    attempts: 1,
    responseStatus: 200,
    nextAttemptAt: null,
    order: { id: order.id },
  });
  const { webhooks } = await crm.ask(partner, log, {
    first: 100,
    after: first.deliveries.pageInfo.endCursor,
  });
  expect(webhooks[0].deliveries.nodes.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1]);
  expect(JSON.stringify(await crm.ask(partner, log))).not.toContain(secret);

  // once more, under their own ids
  const before = receiver.all.map(({ event }) => event.id);
  receiver.all.length = 0;
  const replay = `mutation ($id: ID!, $since: DateTime) {
    replayWebhookDeliveries(id: $id, since: $since) { ... on WebhookReplay { count } ${refusal} } }`;
  expect(await crm.ask(partner, replay, { id, since: '2026-01-01T00:00:00.000Z' })).toEqual({
    replayWebhookDeliveries: { count: 5 },
  });
  await until('they arrive again, in their order', async () => receiver.all.length === 5);
  expect(receiver.all.map(({ event }) => event.id)).toEqual(before);
  expect((await crm.send(partner, replay, { id })).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  await crm.ask(partner, change('deleteWebhook'), { id });
});

test('what is disabled keeps what happens, and sends it when it is enabled', async () => {
  const { id } = await registered();
  receiver.all.length = 0;
  expect(await crm.ask(partner, change('disableWebhook'), { id })).toEqual({
    result: { id, disabledReason: 'BY_HAND' },
  });
  expect(await crm.ask(partner, change('testWebhook'), { id })).toMatchObject({
    result: { code: 'WEBHOOK_DISABLED' },
  });
  const order = await crm.order('partner-1', 'FILE_UPLOADED');
  await until('both moves wait', async () => {
    const { webhooks } = await crm.ask(partner, log, { state: 'WAITING' });
    return webhooks[0].deliveries.nodes.length === 2;
  });
  expect(receiver.all).toEqual([]);
  expect(await crm.ask('admin:admin-1', change('enableWebhook'), { id })).toMatchObject({
    result: { disabledReason: null },
  });
  await until('they are sent', async () => receiver.all.length === 2);
  expect(receiver.seen()).toEqual([`${order.id}:1`, `${order.id}:2`]);
  await crm.ask(partner, change('testWebhook'), { id });
  await until('a test arrives', async () => receiver.all.at(-1)?.event.type === 'webhook.test');
  await crm.ask(partner, change('deleteWebhook'), { id });
});

test('however often it is tried out, one test waits for a server that does not take it', async () => {
  const { id } = await registered();
  receiver.answer = (_, response) => void response.writeHead(500).end();
  for (let n = 0; n < 12; n++)
    expect(await crm.ask(partner, change('testWebhook'), { id })).toMatchObject({
      result: { id, disabledReason: null },
    });
  const { webhooks } = await crm.ask(partner, log);
  expect(webhooks[0].deliveries.nodes).toMatchObject([{ event: 'webhook.test', state: 'WAITING' }]);
  receiver.answer = (_, response) => void response.end();
  await crm.ask(partner, change('deleteWebhook'), { id });
});

test('secrets are shown once, and the one before is good for a day unless it is revoked', async () => {
  const { id, secret } = await registered();
  const rotate = `mutation ($id: ID!, $revokeOld: Boolean) { rotateWebhookSecret(id: $id, revokeOld: $revokeOld) {
    ... on WebhookSecret { secret webhook { previousUntil } } ${refusal} } }`;
  const { rotateWebhookSecret: rotated } = await crm.ask(partner, rotate, { id });
  expect(rotated.secret).not.toBe(secret);
  expect(Date.parse(rotated.webhook.previousUntil) - Date.now()).toBeGreaterThan(86_000_000);
  const { rotateWebhookSecret: revoked } = await crm.ask(partner, rotate, { id, revokeOld: true });
  expect(revoked.webhook.previousUntil).toBeNull();
  // Not even an administrator may be shown a secret.
  expect(await crm.ask('admin:admin-1', rotate, { id })).toMatchObject({
    rotateWebhookSecret: { code: 'FORBIDDEN' },
  });
  await crm.ask(partner, change('deleteWebhook'), { id });
});

test('an account has five, each with an address of the public internet', async () => {
  for (const url of [
    'https://169.254.169.254/latest',
    'http://partner.example/',
    'https://[::ffff:10.0.0.1]/',
  ])
    expect(await crm.ask(partner, register, { url })).toMatchObject({
      registerWebhook: { code: 'WEBHOOK_URL_REFUSED' },
    });
  const attempts = await Promise.all(
    Array.from({ length: 8 }, () => crm.ask(partner, register, { url: receiver.url })),
  );
  const codes = attempts.map(({ registerWebhook }) => registerWebhook.code ?? 'REGISTERED');
  expect(codes.filter((code) => code === 'REGISTERED')).toHaveLength(5);
  expect(codes.filter((code) => code === 'TOO_MANY_WEBHOOKS')).toHaveLength(3);
});

test('strangers have none, see none and change none', async () => {
  const { webhooks } = await crm.ask(partner, '{ webhooks { id } }');
  const [{ id }] = webhooks;
  const entity = `query ($id: ID!) { _entities(representations: [{ __typename: "Webhook", id: $id }]) { ... on Webhook { url } } }`;
  for (const who of ['partner:partner-2', 'customer:customer-1', 'seller:seller-1', null] as const) {
    const own = await crm.ask(who, '{ webhooks { id } other: webhooks(accountId: "partner-1") { id } }');
    expect(own).toEqual({ webhooks: who === 'partner:partner-2' ? [] : null, other: null });
    expect((await crm.send(who, entity, { id })).data?._entities ?? [null]).toEqual([null]);
    for (const field of ['enableWebhook', 'disableWebhook', 'deleteWebhook', 'testWebhook'])
      expect(await crm.ask(who, change(field), { id })).toMatchObject({
        result: { code: who === null ? 'UNAUTHENTICATED' : 'NOT_FOUND' },
      });
  }
  expect(await crm.ask('customer:customer-1', register, { url: receiver.url })).toMatchObject({
    registerWebhook: { code: 'FORBIDDEN' },
  });
  expect(await crm.ask(partner, '{ webhooks { id } }')).toEqual({ webhooks });
  expect(
    (await crm.ask('admin:admin-1', '{ webhooks(accountId: "partner-1") { id } }')).webhooks,
  ).toHaveLength(5);
});
