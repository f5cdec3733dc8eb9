import { parseArgs } from 'node:util';
import { Client } from '../../e2e/harness/client.ts';
import { type Platform, startPlatform } from '../../e2e/harness/platform.ts';
import { fineRing } from '../pricing/fine-ring.ts';
import type { Bench, Report } from '../src/bench.ts';
import { wholeNumber } from '../src/flags.ts';
import { say } from '../src/progress.ts';
import { quantile, rounded, spread } from '../src/statistics.ts';

export const bench: Bench = {
  summary: 'from a move of an order to its subscriber, over start:full with nothing else to do',
  usage: '--moves N   one after another; default 400',
  programs: ['nats-server', 'redis-server'],
  peers: false,
  run,
};

const STATUS = 'subscription ($id: ID!) { orderStatus(orderId: $id) { to version at } }';

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({ args: argv, options: { moves: { type: 'string', default: '400' } } });
  const moves = wholeNumber('moves', values.moves, 10, 100_000);
  say('starting the platform (start:full, without demonstration data)');
  await using platform = await startPlatform('full', { environment: { DEMO_DATA: 'off' } });
  const as = async (role: string) => new Client(platform.url, await platform.token(role, `bench-${role}`));
  using customer = await as('customer');
  using operator = await as('operator');
  const id = await approvedOrder(platform, customer);

  const pushes: number[] = [];
  const answers: number[] = [];
  const messages = customer.subscribe(STATUS, { id });
  await messages.next(); // the snapshot: from here on nothing can be missed
  const warmUp = 20;
  for (let move = 0; move < moves + warmUp; move++) {
    const sent = performance.now();
    const answered = operator
      .move(move % 2 === 0 ? 'takeOrder' : 'releaseOrder', id)
      .then(({ version }) => ({ version, ms: performance.now() - sent }));
    const { value } = await messages.next();
    const now = Date.now();
    const { version, ms } = await answered;
    const { at, version: seen } = value.data.orderStatus;
    if (seen !== version) throw new Error(`expected version ${version}, got ${seen}`);
    if (move < warmUp) continue;
    pushes.push(now - Date.parse(at));
    answers.push(ms);
  }
  return report({ 'from the move to the subscriber': pushes, "the mutation's answer": answers }, moves);
}

/** An order that operators may take and give back as often as they like. */
async function approvedOrder(platform: Platform, customer: Client): Promise<string> {
  using seller = new Client(platform.url, await platform.token('seller', 'bench-seller'));
  const modelId = await customer.upload('ring.stl', fineRing(4_600).bytes);
  const { createOrder } = await customer.ask(
    'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on Order { id } ... on Refusal { code } } }',
    { input: { modelId, alloy: 'SILVER_925', finish: 'RAW', quantity: 1 } },
  );
  const { id } = createOrder;
  const messages = customer.subscribe(STATUS, { id });
  await messages.next();
  await customer.move('submitOrder', id);
  for await (const { data } of messages) if (data.orderStatus.to === 'PRICE_CALCULATED') break;
  await customer.move('acceptPrice', id);
  const approved = await seller.move('approveOrder', id);
  if (approved.status !== 'MANUFACTURING_APPROVED') throw new Error(JSON.stringify(approved));
  return id;
}

function report(series: Record<string, number[]>, moves: number): Report {
  const rows = Object.entries(series).map(([what, ms]) => ({
    what,
    p50Ms: rounded(quantile(ms, 0.5)),
    p99Ms: rounded(quantile(ms, 0.99)),
    span: spread(ms),
  }));
  return {
    tables: [
      {
        title: `${moves} moves of one order, ms`,
        head: ['what', 'p50', 'p99', 'lowest – highest'],
        rows: rows.map(({ what, p50Ms, p99Ms, span }) => [what, p50Ms, p99Ms, span]),
        notes: ['the move carries the time at which its transaction began, in whole milliseconds'],
      },
    ],
    figures: { moves, rows },
  };
}
