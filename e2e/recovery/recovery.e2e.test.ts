import { describe, expect, test } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { type Platform, startPlatform } from '../harness/platform.ts';
import { unknownRing } from '../harness/ring.ts';
import { until } from '../harness/until.ts';

const withoutDemo = { environment: { DEMO_DATA: 'off' } };
const DETAILED = { segments: 1000, sides: 100 }; // 200,000 triangles: long enough to be killed at

async function submitted(customer: Client): Promise<string> {
  const modelId = await customer.upload('ring.stl', unknownRing(DETAILED).bytes);
  const { createOrder } = await customer.ask(
    'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on Order { id } ... on Refusal { code } } }',
    { input: { modelId, alloy: 'SILVER_925', finish: 'RAW', quantity: 1 } },
  );
  expect(await customer.move('submitOrder', createOrder.id)).toMatchObject({ status: 'SUBMITTED' });
  return createOrder.id;
}

async function pricedOnce(customer: Client, id: string): Promise<void> {
  const order = await until('the order is priced', async () => {
    const { order } = await customer.ask(
      'query ($id: ID!) { order(id: $id) { status version price { totalMinor } history { version to } } }',
      { id },
    );
    return order.status === 'PRICE_CALCULATED' && order;
  });
  expect(order.price.totalMinor).toBeGreaterThan(0);
  expect(order.history).toEqual(
    ['INITIATED', 'FILE_UPLOADED', 'SUBMITTED', 'PRICE_CALCULATED'].map((to, i) => ({ version: i + 1, to })),
  );
}

/** Freezes what an order needs: those on duty see what it waits for, and it goes on when that goes on. */
async function frozenIsFound(platform: Platform, customer: Client): Promise<void> {
  using admin = new Client(platform.url, await platform.token('admin', 'e2e-admin'));
  const limit = (seconds: number) =>
    admin.ask(
      `mutation { setStatusLimit(status: SUBMITTED, channel: B2C, seconds: ${seconds}) { seconds } }`,
    );
  const stuck = async () =>
    (await admin.ask('{ stuckOrders { nodes { order { id } waitingFor { hop reason system } } } }'))
      .stuckOrders.nodes;
  await limit(1);
  const cases = { 'pricing-engine-1': /^PRICING_/, mes: /^SYSTEM_SILENT$/ };
  for (const [name, reason] of Object.entries(cases)) {
    const pid = await platform.pid(name);
    process.kill(pid, 'SIGSTOP');
    const id = await submitted(customer);
    await until(`it is said to wait for ${name}`, async () => {
      const found = (await stuck()).find((one: { order: { id: string } }) => one.order.id === id);
      return found && reason.test(found.waitingFor.reason) && found.waitingFor.system === 'MES';
    });
    process.kill(pid, 'SIGCONT');
    await pricedOnce(customer, id);
  }
  await until('nothing stands still any more', async () => (await stuck()).length === 0);
  await limit(600);
}

describe('nothing is lost', () => {
  test('when all of `npm start` is killed while it prices', async () => {
    await using platform = await startPlatform('embedded', withoutDemo);
    const token = await platform.token('customer', 'e2e-recovery');
    using customer = new Client(platform.url, token);
    const ids = [await submitted(customer), await submitted(customer)];

    await platform.kill();
    await platform.restart();
    for (const id of ids) await pricedOnce(customer, id);
  }, 240_000);

  test('when the whole tree of `start:full` is killed', async () => {
    await using platform = await startPlatform('full', withoutDemo);
    using customer = new Client(platform.url, await platform.token('customer', 'e2e-recovery'));
    await frozenIsFound(platform, customer);
    const id = await submitted(customer);
    await platform.kill();
    await platform.restart();
    await until(
      'the order is priced after the restart',
      () => pricedOnce(customer, id).then(() => true),
      60_000,
    );
  }, 240_000);
});
