import { parseArgs } from 'node:util';
import { Client } from '../../e2e/harness/client.ts';
import { type Platform, startPlatform } from '../../e2e/harness/platform.ts';
import { fineRing } from '../pricing/fine-ring.ts';
import type { Bench, Report, Table } from '../src/bench.ts';
import { wholeNumber } from '../src/flags.ts';
import { say } from '../src/progress.ts';
import { quantile, rounded, spread } from '../src/statistics.ts';

export const bench: Bench = {
  summary: 'from submitOrder to the calculated price on the subscription, over the running embedded platform',
  usage: [
    '--orders N       of each size, one after another; default 20',
    '--triangles LIST default 4600,100000',
  ].join('\n'),
  programs: [],
  peers: false,
  run,
};

const CREATE = `mutation ($input: CreateOrderInput!) {
  createOrder(input: $input) { ... on Order { id } ... on Refusal { code message } }
}`;
const PRICE = `subscription ($id: ID!) {
  orderPrice(orderId: $id) { stage reason price { totalMinor } order { id status version } }
}`;

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({
    args: argv,
    options: {
      orders: { type: 'string', default: '20' },
      triangles: { type: 'string', default: '4600,100000' },
    },
  });
  const orders = wholeNumber('orders', values.orders, 1, 1_000);
  const sizes = values.triangles.split(',').map((text) => wholeNumber('triangles', text, 1_000, 2_000_000));

  say('starting the platform (embedded, without demonstration data)');
  await using platform = await startPlatform('embedded', { environment: { DEMO_DATA: 'off' } });
  const groups: Group[] = sizes.map((size) => ({ triangles: fineRing(size).triangles, latencies: [] }));
  say('warming up: three orders of each size');
  for (const size of sizes) for (let i = 0; i < 3; i++) await priceOne(platform, size);
  // In turn, so that a busy minute of the machine hits all sizes.
  for (let i = 0; i < orders; i++)
    for (const [at, size] of sizes.entries()) groups[at]!.latencies.push(await priceOne(platform, size));
  say(`${orders} orders of each size are priced`);
  return report(groups, orders);
}

interface Group {
  triangles: number;
  latencies: Latency[];
}

/** Milliseconds after the mutation was sent. */
interface Latency {
  /** The mutation's own answer. */
  submitted: number;
  /** The first price of any kind: an estimate from a similar model, or the price itself. */
  firstPrice: number;
  calculated: number;
}

let customers = 0;
let seed = Math.floor(Math.random() * 900);

/** One order of a ring that nobody has priced, by a customer that nobody has seen. */
async function priceOne(platform: Platform, triangles: number): Promise<Latency> {
  const sub = `bench-${++customers}`;
  using customer = new Client(platform.url, await platform.token('customer', sub));
  const { bytes } = fineRing(triangles, ++seed + Math.random());
  const modelId = await customer.upload('ring.stl', bytes);
  const input = { modelId, alloy: 'GOLD_585_YELLOW', finish: 'POLISHED', quantity: 1 };
  const { createOrder } = await customer.ask(CREATE, { input });
  if (createOrder.id === undefined) throw new Error(JSON.stringify(createOrder));

  let sent = Number.NaN;
  let submitted: Promise<number> | undefined;
  let firstPrice: number | undefined;
  for await (const { data, errors } of customer.subscribe(PRICE, { id: createOrder.id })) {
    const now = performance.now();
    if (errors) throw new Error(JSON.stringify(errors));
    const { stage, price, reason } = data.orderPrice;
    if (!submitted) {
      // The snapshot has come: from here on nothing can be missed.
      sent = performance.now();
      submitted = customer.move('submitOrder', createOrder.id).then((order) => {
        if (order.status !== 'SUBMITTED') throw new Error(JSON.stringify(order));
        return performance.now() - sent;
      });
      continue;
    }
    if (price) firstPrice ??= now - sent;
    if (stage === 'FAILED') throw new Error(`no price: ${reason}`);
    if (stage === 'CALCULATED')
      return { submitted: await submitted, firstPrice: firstPrice!, calculated: now - sent };
  }
  throw new Error('the subscription ended before the price came');
}

function report(groups: readonly Group[], orders: number): Report {
  const columns = ['submitted', 'firstPrice', 'calculated'] as const;
  const labels = {
    submitted: "the mutation's answer",
    firstPrice: 'first price seen',
    calculated: 'CALCULATED',
  };
  const tables = groups.map(
    ({ triangles, latencies }): Table => ({
      title: `${triangles.toLocaleString('en')} triangles: ms after submitOrder was sent, ${orders} orders`,
      head: ['what', 'p50', 'p95', 'lowest – highest'],
      rows: columns.map((column) => {
        const values = latencies.map((latency) => latency[column]);
        return [
          labels[column],
          rounded(quantile(values, 0.5)),
          rounded(quantile(values, 0.95)),
          spread(values),
        ];
      }),
    }),
  );
  return {
    tables,
    figures: {
      orders,
      models: groups.map(({ triangles, latencies }) => ({
        triangles,
        ...Object.fromEntries(
          columns.map((column) => {
            const values = latencies.map((latency) => latency[column]);
            return [
              column,
              { p50Ms: rounded(quantile(values, 0.5)), p95Ms: rounded(quantile(values, 0.95)) },
            ];
          }),
        ),
      })),
    },
  };
}
