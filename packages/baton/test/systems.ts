import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import type { Cache } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { uuidV7 } from '@alexandrite/database/uuid';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import { streams } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import type { OrderRecord } from '../src/order-record.ts';
import { isRefusal, type Refusal } from '../src/refusal.ts';
import { openProcess, type Process, type ProcessOptions } from './process.ts';

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

  async process(system: System, options: Partial<ProcessOptions> = {}): Promise<Process> {
    const { bus, cache } = this;
    const { log } = this.log;
    const url = await this.#databaseUrl(system);
    const process = await openProcess(system, { url, bus, cache, log, ...options });
    this.#opened.push(process);
    return process;
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
