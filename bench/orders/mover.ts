/**
 * One system of three, as a service runs it: its database, outbox and baton, over real NATS and Redis. The shop begins
 * orders, each system moves on what it holds. Arguments: system, database URL, NATS URL, Redis URL, orders, at a time.
 */
import { createBaton } from '@alexandrite/baton/create-baton';
import { orderArchiveSql } from '@alexandrite/baton/order-archive';
import { orderGuardSql } from '@alexandrite/baton/order-guard';
import { OrderRecord, ordersTableSql } from '@alexandrite/baton/order-record';
import { isRefusal } from '@alexandrite/baton/refusal';
import { writtenMovesSql } from '@alexandrite/baton/written-moves';
import { openNatsBus } from '@alexandrite/bus/nats';
import { openRedisCache } from '@alexandrite/cache/redis';
import { afterCommit } from '@alexandrite/database/after-commit';
import { openDatabase } from '@alexandrite/database/open-database';
import { uuidV7 } from '@alexandrite/database/uuid';
import { openOutbox } from '@alexandrite/outbox/open-outbox';
import { outboxTablesSql } from '@alexandrite/outbox/outbox-tables';
import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import { createLog } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { historyTableSql, nextStatus, writeHistory } from './way.ts';

const [system, url = '', natsUrl = '', redisUrl = '', ordersText, atATimeText] = process.argv.slice(2) as [
  System,
  ...string[],
];
const orders = Number(ordersText);
const atATime = Number(atATimeText);
const log = createLog({ service: system, level: 'error', destination: process.stderr });
const metrics = new Metrics(system);
const bus = await openNatsBus({ url: natsUrl, name: system, log });
const cache = await openRedisCache({ url: redisUrl, prefix: 'bench:', log });
const sql = `${ordersTableSql} ${outboxTablesSql} ${orderGuardSql} ${writtenMovesSql} ${orderArchiveSql} ${historyTableSql}`;
const database = await openDatabase({
  ...{ url, log, metrics },
  entities: [OrderRecord],
  migrations: [{ name: '0001', sql }],
});
const outbox = openOutbox({ database, bus, log, metrics });

const mine: { id: string; to: OrderStatus }[] = [];
let free = atATime;
let closed = 0;
/** Starting up is not measured. */
let before = process.cpuUsage();

const baton = createBaton({
  ...{ system, database, outbox, bus, cache, log, metrics },
  async onMove(tx, order, moved) {
    await writeHistory(tx, moved);
    afterCommit(tx, () => {
      if (moved.to === 'CLOSED' && ++closed === orders) process.send?.({ done: process.cpuUsage(before) });
      const to = nextStatus[moved.to];
      if (to && moved.holder === system && system !== 'SHOP') take(order.id, to);
    });
  },
});

function take(id: string, to: OrderStatus): void {
  mine.push({ id, to });
  void work();
}

async function work(): Promise<void> {
  if (free === 0) return;
  free--;
  for (let next = mine.shift(); next; next = mine.shift()) await move(next.id, next.to);
  free++;
}

async function move(id: string, to: OrderStatus): Promise<void> {
  const result = await baton.hold(id, async (_tx, _order, step) => step(to, { by: 'bench' }));
  if (isRefusal(result)) throw new Error(`${id} ${to}: ${result.code} ${result.message}`);
}

async function begin(n: number): Promise<void> {
  const facts = {
    ...{ number: `A-${n}`, accountId: `customer-${n % 100}`, channel: 'B2C' as const, quantity: 1 },
    ...{ alloy: 'SILVER_925', finish: 'RAW', modelId: uuidV7(), filename: 'ring.stl', modelSha256: null },
  };
  const id = uuidV7();
  await baton.create(async (_tx, first) => {
    await first(facts, { id, by: 'bench' });
  });
  await move(id, 'FILE_UPLOADED');
  await move(id, 'SUBMITTED');
}

await outbox.start();
await baton.start();
process.once('SIGTERM', () => process.exit());
before = process.cpuUsage();
console.log('READY {}');
process.on('message', async () => {
  let n = 0;
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (n < orders) await begin(n++);
    }),
  );
});
