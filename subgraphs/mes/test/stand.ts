import { gatewayContextHeader, signContext } from '@alexandrite/auth/gateway-context';
import { sharedKey } from '@alexandrite/auth/shared-key';
import type { Role } from '@alexandrite/auth/viewer';
import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import type { Cache } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { countStatements } from '@alexandrite/database/count-statements';
import { uuidV7 } from '@alexandrite/database/uuid';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { until } from '@alexandrite/e2e/harness/until';
import { openAll } from '@alexandrite/lifecycle/closers';
import type { DashboardChanged, OrderMoved, PriceChanged, PricingRequest } from '@alexandrite/schema/events';
import { holderAfter, type OrderStatus, type System } from '@alexandrite/schema/order-status';
import { streams, subjects } from '@alexandrite/schema/subjects';
import { serveSubgraph } from '@alexandrite/subgraph/serve-subgraph';
import type { Log } from '@alexandrite/telemetry/log';
import { type LogEntry, memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { type Mes, openMes } from '../src/mes.ts';
import { mesContext } from '../src/mes-context.ts';
import { resolvers } from '../src/resolvers.ts';
import { faultyCache } from './faulty-cache.ts';

const secret = 'what gateway and subgraphs share in tests';

/** The MES on a real database and bus, with the other systems played by the test. */
export interface Stand extends AsyncDisposable {
  mes: Mes;
  bus: Bus;
  cache: Cache;
  metrics: Metrics;
  /** Warnings and errors of the service. */
  complaints(): LogEntry[];
  /** What the pricing engines were asked, the prices and the dashboards that were published, in their order. */
  requests: PricingRequest[];
  prices: PriceChanged[];
  dashboards: DashboardChanged[];
  /** Asks the subgraph as the gateway would; throws what it answers as errors. */
  ask: Ask;
  /** Starts another process of the service beside the first, and asks it. */
  another(): Promise<Ask>;
  /** Takes the cache away from the service, or brings it back as it was. */
  cacheIsAway(away: boolean): void;
  /** An order as the shop makes it, published up to SUBMITTED and known here. */
  submitted(facts?: Partial<OrderMoved['facts']>): Promise<PlayedOrder>;
  /** Resolves when nothing more happens by itself. */
  quiet(): Promise<void>;
  /** How many statements this costs: the least of three times, since the service also looks after itself meanwhile. */
  cost(work: () => Promise<unknown>): Promise<number>;
  /** The same up to MANUFACTURING_APPROVED, as if it had a price. */
  approved(facts?: Partial<OrderMoved['facts']>): Promise<PlayedOrder>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are whatever the test asks for
export type Ask = (who: Who, query: string, variables?: Record<string, unknown>) => Promise<any>;

export type Who = `${Role} ${string}` | null;

/** An order as the other systems see it; `move` publishes the next one, and resolves when the MES has it. */
export interface PlayedOrder {
  id: string;
  facts: OrderMoved['facts'];
  move(system: System, to: OrderStatus, why?: { by?: string; heldFrom?: OrderStatus }): Promise<OrderMoved>;
  /** Where it stands for the MES. */
  now(): Promise<{ status: OrderStatus; version: number }>;
}

/** `open`: another bus than that of one process. */
export async function openStand(
  open: (log: Log) => Promise<Bus> = (log) => openLocalBus({ log }),
): Promise<Stand> {
  const { log, entries } = memoryLog('mes');
  const metrics = new Metrics('mes');
  const requests: PricingRequest[] = [];
  const prices: PriceChanged[] = [];
  const dashboards: DashboardChanged[] = [];
  const { value, closers } = await openAll(async (closers) => {
    const server = closers.use(await createTestDatabase('mes'), 'the test database');
    const bus = closers.use(await open(log), 'the bus');
    await bus.ensureStreams(streams);
    const { cache, away } = faultyCache(closers.use(openMemoryCache(), 'the cache'));
    const keep = async <T>(pattern: string, into: T[]) => {
      const subscription = closers.use(await bus.subscribe([pattern]), pattern);
      void (async () => {
        for await (const { payload } of subscription) into.push(payload as T);
      })();
    };
    closers.use(
      await bus.consume(
        {
          stream: 'PRICING_REQUESTS',
          durable: 'test-engines',
          concurrency: 1,
          maxDeliveries: 1,
          backoffMs: [],
        },
        async ({ payload }) => void requests.push(payload as PricingRequest),
      ),
      'the pricing requests',
    );
    await keep('prices.>', prices);
    await keep('dashboard.>', dashboards);
    const start = async (metrics: Metrics) => {
      const mes = await openMes({ databaseUrl: server.url, bus, cache, log, metrics }, closers);
      const { url } = closers.use(
        await serveSubgraph({
          name: 'mes',
          resolvers,
          host: '127.0.0.1',
          port: 0,
          gatewaySecret: secret,
          log,
          metrics,
          context: (request) => mesContext(request, mes),
          readiness: () => ({ database: mes.database.connected }),
        }),
        'the subgraph',
      );
      return { mes, ask: asker(url) };
    };
    return { ...(await start(metrics)), bus, cache, start, cacheIsAway: away };
  });
  const { mes, bus, start, ...stand } = value;

  const submitted: Stand['submitted'] = async (facts) => {
    const order = play(mes, bus, facts);
    await order.move('SHOP', 'INITIATED');
    await order.move('SHOP', 'FILE_UPLOADED');
    await order.move('SHOP', 'SUBMITTED');
    return order;
  };

  const approved: Stand['approved'] = async (facts) => {
    const order = await submitted(facts);
    await mes.baton.hold(order.id, (_tx, _order, move) => move('PRICE_CALCULATED', { by: 'test' }));
    await order.move('CRM', 'MANUFACTURING_APPROVED', { by: 'seller-1' });
    return order;
  };

  return {
    ...stand,
    mes,
    bus,
    another: async () => (await start(new Metrics('mes'))).ask,
    metrics,
    requests,
    prices,
    dashboards,
    complaints: () => entries.filter(({ level }) => level === 'warn' || level === 'error'),
    submitted,
    approved,
    quiet: () => quiet(mes),
    async cost(work) {
      await quiet(mes);
      const costs: number[] = [];
      for (let n = 0; n < 3; n++) costs.push(await countStatements(mes.database, work));
      return Math.min(...costs);
    },
    [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose](),
  };
}

/** Speaks to a subgraph as the gateway would. */
function asker(base: string): Ask {
  return async (who, query, variables) => {
    const [role, sub] = who?.split(' ') ?? [];
    const claims = who === null ? null : { sub: sub!, role: role!, exp: Date.now() / 1_000 + 60 };
    const context = signContext(sharedKey(secret, 'GATEWAY_SECRET'), { claims, budget: null });
    const response = await fetch(`${base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [gatewayContextHeader]: context },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: unknown; errors?: unknown };
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  };
}

async function quiet({ database }: Mes): Promise<void> {
  let before = -1;
  await until('nothing happens any more', async () => {
    const now = database.statements;
    const same = now === before;
    before = now;
    if (!same) await new Promise((resolve) => setTimeout(resolve, 600)); // longer than the dashboard's pace
    return same;
  });
}

let number = 0;

function play(mes: Mes, bus: Bus, given: Partial<OrderMoved['facts']> = {}): PlayedOrder {
  const id = uuidV7();
  const at = new Date().toISOString();
  number += 1;
  const facts: OrderMoved['facts'] = {
    number: `A-${String(number).padStart(6, '0')}`,
    accountId: 'customer-1',
    channel: 'B2C',
    quantity: 2,
    alloy: 'SILVER_925',
    finish: 'POLISHED',
    modelId: uuidV7(),
    filename: 'ring.stl',
    modelSha256: 'a'.repeat(64),
    createdAt: at,
    submittedAt: at,
    promisedAt: new Date(Date.now() + 21 * 86_400_000).toISOString(),
    ...given,
  };
  const now = async () => {
    const order = await mes.baton.loader().load(id);
    return { status: order?.status ?? ('INITIATED' as const), version: order?.version ?? 0 };
  };
  return {
    id,
    facts,
    now,
    async move(system, to, why = {}) {
      const before = await now();
      const version = before.version + 1;
      const moved: OrderMoved = {
        order: { id, status: to, version },
        from: version === 1 ? null : before.status,
        to,
        version,
        at: new Date().toISOString(),
        by: why.by ?? 'test',
        system,
        holder: holderAfter(to, system),
        heldFrom: why.heldFrom ?? null,
        cause: null,
        facts,
      };
      const subject = subjects.orderMoved(facts.accountId, id, to);
      await bus.publish(subject, moved, { messageId: `${id}:${version}` });
      await until(`the MES knows that the order is ${to}`, async () => (await now()).version === version);
      return moved;
    },
  };
}
