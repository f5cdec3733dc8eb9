import type { Bus } from '@alexandrite/bus';
import type { Cache } from '@alexandrite/cache';
import type { Database } from '@alexandrite/database';
import { openDatabase } from '@alexandrite/database/open-database';
import type { Outbox } from '@alexandrite/outbox';
import { openOutbox } from '@alexandrite/outbox/open-outbox';
import { outboxTablesSql } from '@alexandrite/outbox/outbox-tables';
import type { OrderMoved } from '@alexandrite/schema/events';
import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import type { Log } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import type { Baton, JudgeRequest } from '../src/baton.ts';
import { createBaton } from '../src/create-baton.ts';
import { orderArchiveSql } from '../src/order-archive.ts';
import { orderGuardSql } from '../src/order-guard.ts';
import { OrderRecord, ordersTableSql } from '../src/order-record.ts';
import { writtenMovesSql } from '../src/written-moves.ts';

const seenTableSql =
  'create table seen (order_id uuid, version integer, status text, primary key (order_id, version));';
const migrations = [
  {
    name: '0001',
    sql: `${ordersTableSql} ${outboxTablesSql} ${orderGuardSql} ${writtenMovesSql} ${orderArchiveSql} ${seenTableSql}`,
  },
];

/** One process of one service: its pool, outbox and baton. */
export interface Process extends AsyncDisposable {
  database: Database;
  outbox: Outbox;
  baton: Baton;
  /** Moves that `onMove` was called with, all processes of the service together. */
  seen(orderId: string): Promise<{ version: number; status: OrderStatus }[]>;
  start(): Promise<void>;
}

export interface ProcessOptions {
  url: string;
  bus: Bus;
  cache: Cache;
  log: Log;
  judge?: JudgeRequest;
  onMove?: (moved: OrderMoved) => void;
}

export async function openProcess(system: System, options: ProcessOptions): Promise<Process> {
  const { url, log, bus, cache, judge } = options;
  const metrics = new Metrics(system);
  const database = await openDatabase({ url, entities: [OrderRecord], migrations, log, metrics });
  const outbox = openOutbox({ database, bus, log, metrics });
  const baton = createBaton({
    system,
    database,
    outbox,
    bus,
    cache,
    log,
    metrics,
    judge,
    async onMove(tx, order, moved) {
      // Fails when it is called twice for one version.
      await tx.execute('insert into seen values (?, ?, ?)', [order.id, moved.version, order.status]);
      options.onMove?.(moved);
    },
  });
  return {
    database,
    outbox,
    baton,
    seen: (orderId) =>
      database
        .em()
        .execute('select version, status from seen where order_id = ? order by version', [orderId]),
    async start() {
      await outbox.start();
      await baton.start();
    },
    async [Symbol.asyncDispose]() {
      for (const one of [baton, outbox, database]) await one[Symbol.asyncDispose]();
    },
  };
}
