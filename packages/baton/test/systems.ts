import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import type { Cache } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import type { Database } from '@alexandrite/database';
import { openDatabase } from '@alexandrite/database/open-database';
import { uuidV7 } from '@alexandrite/database/uuid';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import type { Outbox } from '@alexandrite/outbox';
import { openOutbox } from '@alexandrite/outbox/open-outbox';
import { outboxTablesSql } from '@alexandrite/outbox/outbox-tables';
import type { OrderMoved } from '@alexandrite/schema/events';
import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import { streams } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import type { Baton, JudgeRequest } from '../src/baton.ts';
import { createBaton } from '../src/create-baton.ts';
import { OrderRecord, ordersTableSql } from '../src/order-record.ts';
import { isRefusal, type Refusal } from '../src/refusal.ts';

const seenTableSql =
  'create table seen (order_id uuid, version integer, status text, primary key (order_id, version));';
const migrations = [{ name: '0001', sql: `${ordersTableSql} ${outboxTablesSql} ${seenTableSql}` }];

/** One process of one service: its pool, outbox and baton. */
export interface Process {
  database: Database;
  outbox: Outbox;
  baton: Baton;
  /** Moves that `onMove` was called with, all processes of the service together. */
  seen(orderId: string): Promise<{ version: number; status: OrderStatus }[]>;
  start(): Promise<void>;
}

/**
 * Shop, CRM and MES as far as the baton goes, each with a database of its own that all tests of a file share, on one bus
 * and one cache, new for each test.
 */
export class Systems implements AsyncDisposable {
  log = memoryLog('baton');
  bus!: Bus;
  cache!: Cache;
  readonly #opened: AsyncDisposable[] = [];
  readonly #databases = new Map<System, Awaited<ReturnType<typeof createTestDatabase>>>();

  async open(): Promise<void> {
    this.log = memoryLog('baton');
    this.bus = await openLocalBus({ log: this.log.log });
    this.cache = openMemoryCache();
    await this.bus.ensureStreams(streams);
    this.#opened.push(this.bus, this.cache);
  }

  /** After each test: ends all processes. */
  async close(): Promise<void> {
    for (const one of this.#opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
  }

  async process(
    system: System,
    options: { bus?: Bus; cache?: Cache; judge?: JudgeRequest; onMove?: (moved: OrderMoved) => void } = {},
  ): Promise<Process> {
    const { log } = this.log;
    const metrics = new Metrics(system);
    const { bus = this.bus, cache = this.cache, judge } = options;
    const url = await this.#databaseUrl(system);
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
    this.#opened.push(database, outbox, baton);
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
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    for (const one of this.#databases.values()) await one[Symbol.asyncDispose]();
  }

  async #databaseUrl(system: System): Promise<string> {
    const known = this.#databases.get(system);
    if (known) return known.url;
    const server = await createTestDatabase(`baton_${system}`);
    this.#databases.set(system, server);
    return server.url;
  }
}

/** An order in the shop: INITIATED, and moved on as told, as far as the shop holds it. */
export async function newOrder(shop: Process, ...moves: OrderStatus[]): Promise<OrderRecord> {
  const id = uuidV7();
  return granted(
    await shop.baton.create(async (_tx, begin) => {
      const facts = {
        number: `A-${id.slice(-6)}`,
        accountId: 'customer.1',
        channel: 'B2C' as const,
        quantity: 1,
        alloy: 'SILVER_925',
        finish: 'RAW',
        modelId: uuidV7(),
        filename: 'ring.stl',
        modelSha256: null,
      };
      const { order, move } = await begin(facts, { id, by: 'customer.1' });
      for (const to of moves) await move(to, { by: 'customer.1' });
      return order;
    }),
  );
}

/** One move by whoever holds the order. */
export async function moveTo(
  process: Process,
  orderId: string,
  to: OrderStatus,
): Promise<OrderRecord | Refusal> {
  return process.baton.hold(orderId, async (_tx, order, move) => {
    await move(to, { by: 'test' });
    return order;
  });
}

export function granted<T>(result: T | Refusal): T {
  if (isRefusal(result)) throw new Error(`refused: ${result.code} ${result.message}`);
  return result;
}
