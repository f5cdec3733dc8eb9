import { describe, expect, test } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { startPlatform } from '../harness/platform.ts';
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
