import { setTimeout as delay } from 'node:timers/promises';
import { Dice } from '../harness/dice.ts';
import { startPlatform } from '../harness/platform.ts';
import { ring } from '../harness/ring.ts';
import { until } from '../harness/until.ts';
import { deadLetters } from './dead-letters.ts';
import { commit, faultsOf, portOf } from './faults.ts';
import { OrderWalk, type Wish } from './order-walk.ts';
import { Partners } from './partners.ts';
import { People } from './people.ts';
import { Repeater } from './repeater.ts';
import { scripts } from './scripts.ts';
import { wrongs } from './verdict.ts';

export interface ChaosOptions {
  orders: number;
  kills: number;
  /** The same seed draws the same orders and the same faults in the same order; their moments are the machine's. */
  seed: number;
  /** Orders on their way at the same time. Default 12. */
  concurrency?: number;
  say: (line: string) => void;
}

export interface ChaosReport {
  orders: number;
  /** By victim. */
  kills: Record<string, number>;
  freezes: number;
  /** Messages published a second time that the broker took. */
  repeated: number;
  /** Requests to the partners' servers. */
  webhooks: number;
  /** From the last order's end, after the last fault, until everything agreed. */
  settledSeconds: number;
  /** What clients were told meanwhile, by code. */
  troubles: Record<string, number>;
  /** Empty when nothing was lost, doubled or moved as it must not be. */
  wrongs: string[];
}

const victims = [
  ...['gateway-1', 'gateway-2', 'shop', 'crm', 'mes', 'pricing-engine-1', 'pricing-engine-2'],
  ...['nats', 'redis', 'postgres', 'postgres-replica'],
];
const REPEATED_SHARE = 0.1;
const SETTLES_WITHIN_MS = 30_000; // 30 seconds: what is promised after the last fault
const PAUSE_MS = [200, 1_500] as const; // between two faults

/**
 * A few hundred orders of both channels on `start:full` while every process of it is killed with -9 or frozen, again
 * and again, and messages come twice and late; partners hear of their orders by webhooks that fail sometimes. Rejects when an order does not get where its script leads.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, say } = options;
  const dice = new Dice(seed);
  await using partners = await Partners.open(new Dice(seed + 3));
  await using platform = await startPlatform('full', {
    arguments: ['--gateways', '2', '--engines', '2'],
    environment: {
      DEMO_DATA: 'off',
      SUBMITS_PER_MINUTE: '100000',
      WEBHOOK_ALLOWED_HOSTS: partners.host,
    },
  });
  say(`seed ${seed}: ${options.orders} orders, ${options.kills} kills; the platform is at ${platform.url}`);
  const port = Number(new URL(platform.url).port);
  const people = new People([platform.url, `http://127.0.0.1:${port + 1}`], platform.dataDir);
  const natsUrl = `nats://127.0.0.1:${await portOf(platform, 'nats')}`;
  await using repeater = await Repeater.start(natsUrl, new Dice(seed + 1), REPEATED_SHARE);

  const walks = drawWalks(options, dice, people, () => (stepsDone += 1));
  const partnerAccounts = walks.filter(({ wish }) => wish.role === 'partner').map(({ wish }) => wish.account);
  await partners.register(new Set(partnerAccounts), people);
  const stepsInAll = walks.reduce((sum, { script }) => sum + script.steps.length + 1, 0);
  let stepsDone = 0;
  let finished = false;
  const loading = walkAll(walks, options.concurrency ?? 12).finally(() => (finished = true));

  const report: Pick<ChaosReport, 'kills' | 'freezes'> = { kills: {}, freezes: 0 };
  const tormenting = (async () => {
    const faultDice = new Dice(seed + 2);
    let kills = 0;
    for (const fault of faultsOf(faultDice, victims)) {
      if (kills === options.kills) return;
      // spread over the run by what has been done, not by the clock
      await until(
        'enough orders have moved for the next fault',
        async () => finished || stepsDone >= (stepsInAll * kills) / (options.kills + 1),
        600_000, // 10 minutes: as long as the walks themselves may take for a step, several times
      );
      say(`${stepsDone} of ${stepsInAll} steps; ${fault.kind} ${fault.victim}`);
      await commit(fault, platform, faultDice);
      if (fault.kind === 'kill') {
        kills += 1;
        report.kills[fault.victim] = (report.kills[fault.victim] ?? 0) + 1;
      } else report.freezes += 1;
      await delay(faultDice.between(...PAUSE_MS));
    }
  })();
  await Promise.all([loading, tormenting]);

  const settling = Date.now();
  let left: string[] = [];
  const settled = await until(
    'everything is consistent',
    async () => {
      left = [...(await wrongs(walks, partners, platform)), ...(await deadLetters(natsUrl))];
      return left.length === 0;
    },
    SETTLES_WITHIN_MS,
  ).catch(() => false);
  const troubles: Record<string, number> = {};
  for (const walk of walks)
    for (const [code, times] of walk.troubles) troubles[code] = (troubles[code] ?? 0) + times;
  return {
    orders: walks.length,
    ...report,
    repeated: repeater.repeated,
    webhooks: partners.requests,
    settledSeconds: (Date.now() - settling) / 1_000,
    troubles,
    wrongs: [...(settled ? [] : left), ...walks.flatMap((walk) => walk.wrongs), ...partners.wrongs],
  };
}

/** Every script at least once when there are orders enough, in the order of the dice. */
function drawWalks(
  { orders, seed }: ChaosOptions,
  dice: Dice,
  people: People,
  onStep: () => void,
): OrderWalk[] {
  const models = [0, 1, 2, 3, 4].map((n) => ({
    name: `ring-${n}`,
    // told apart by the seed: no run finds the models of another
    bytes: ring({
      majorMm: 8 + n / 2 + (seed % 1_000) / 10_000,
      minorMm: 1,
      segments: 40 + 10 * n,
      sides: 12,
    }).bytes,
  }));
  const broken = { name: 'broken', bytes: Buffer.from('solid nothing\nfacet normal 0 0') };
  const order = dice.shuffled(Array.from({ length: orders }, (_, n) => scripts[n % scripts.length]!));
  return order.map((script, n) => {
    const role = dice.next() < 0.4 ? 'partner' : 'customer';
    const wish: Wish = {
      role,
      account: `${role}-chaos-${Math.floor(dice.next() * 8)}`,
      model: script.broken ? broken : dice.one(models),
      alloy: dice.one(['SILVER_925', 'GOLD_585_YELLOW']),
      quantity: dice.one([1, 2, 10]),
    };
    return new OrderWalk(script, wish, people, n, onStep);
  });
}

async function walkAll(walks: readonly OrderWalk[], concurrency: number): Promise<void> {
  const waiting = [...walks];
  const walkers = Array.from({ length: Math.min(concurrency, walks.length) }, async () => {
    for (let walk = waiting.shift(); walk; walk = waiting.shift()) await walk.walk();
  });
  await Promise.all(walkers);
}
