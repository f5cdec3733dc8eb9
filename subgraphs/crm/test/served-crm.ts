import { randomUUID } from 'node:crypto';
import { type Budget, gatewayContextHeader, signContext } from '@alexandrite/auth/gateway-context';
import { sharedKey } from '@alexandrite/auth/shared-key';
import type { Role } from '@alexandrite/auth/viewer';
import { openLocalBus } from '@alexandrite/bus/local';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { Closers } from '@alexandrite/lifecycle/closers';
import type { OrderMoved } from '@alexandrite/schema/events';
import { holderAfter, type OrderStatus, type System } from '@alexandrite/schema/order-status';
import { streams, subjects } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { build } from '../src/build.ts';

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape that the test asked for
type Data = any;

interface Answer {
  data?: Data;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
}

const gatewaySecret = 'a secret of these tests, long enough for HS256';
const priced = ['INITIATED', 'FILE_UPLOADED', 'SUBMITTED', 'PRICE_CALCULATED'] as const;

/** The CRM on a database of its own, and what the gateway, the shop and the MES do around it. */
export async function serveCrm(options: { webhookAllowedHosts?: readonly string[] } = {}) {
  const closers = new Closers();
  const server = closers.use(await createTestDatabase('crm'));
  const bus = closers.use(await openLocalBus({ log: memoryLog().log }));
  await bus.ensureStreams(streams);
  const cache = closers.use(openMemoryCache());
  const crm = closers.use(
    await build(
      {
        databaseUrl: server.url,
        host: '127.0.0.1',
        port: 0,
        gatewaySecret,
        logLevel: 'silent',
        demoData: true,
        ...options,
      },
      { bus, cache },
    ),
  );
  const key = sharedKey(gatewaySecret, 'GATEWAY_SECRET');

  /** Sends what the gateway would send for `who`, e.g. `customer:customer-1`; null is nobody. */
  async function send(
    who: `${Role}:${string}` | null,
    query: string,
    variables: object = {},
    budget: Budget | null = null,
  ) {
    const [role, sub] = who?.split(':') ?? [];
    const claims = who === null ? null : { sub: sub!, role, exp: Date.now() / 1_000 + 60 };
    const response = await fetch(`${crm.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [gatewayContextHeader]: signContext(key, { claims, budget }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  async function ask(...question: Parameters<typeof send>): Promise<Data> {
    const answer = await send(...question);
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  }

  /** Publishes a move of another system and tells the world about it, as its outbox does. */
  async function moveElsewhere(order: Known, to: OrderStatus, by = 'somebody', cause: string | null = null) {
    const system: System = order.holder;
    const moved: OrderMoved = {
      order: { id: order.id, status: to, version: order.version + 1 },
      from: order.status,
      to,
      version: order.version + 1,
      at: new Date().toISOString(),
      by,
      system,
      holder: holderAfter(to, system),
      heldFrom: null,
      cause,
      facts: { ...order.facts },
    };
    Object.assign(order, { status: to, version: moved.version, holder: moved.holder });
    await cache.raise(`order-version:${order.id}`, moved.version, 60_000);
    await bus.publish(subjects.orderMoved(order.facts.accountId, order.id, to), moved, {
      messageId: `${order.id}:${moved.version}`,
    });
  }

  /** A new order, brought to PRICE_CALCULATED or to the status given. */
  async function order(accountId: string, until: (typeof priced)[number] = 'PRICE_CALCULATED') {
    const known = newOrder(accountId);
    for (const status of priced.slice(0, priced.indexOf(until) + 1)) await moveElsewhere(known, status);
    return known;
  }

  /** What a move of CRM made of an order, so that other systems can go on from there. */
  function heard(order: Known, status: OrderStatus) {
    Object.assign(order, { status, version: order.version + 1, holder: holderAfter(status, 'CRM') });
  }

  return {
    url: crm.url,
    database: crm.database,
    bus,
    send,
    ask,
    order,
    moveElsewhere,
    heard,
    [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose](),
  };
}

export type ServedCrm = Awaited<ReturnType<typeof serveCrm>>;

type Known = ReturnType<typeof newOrder>;

function newOrder(accountId: string) {
  return {
    id: randomUUID(),
    status: null as OrderStatus | null,
    version: 0,
    holder: 'SHOP' as System,
    facts: {
      number: 'A-000001',
      accountId,
      channel: accountId.startsWith('partner') ? ('B2B' as const) : ('B2C' as const),
      quantity: 1,
      alloy: 'SILVER_925',
      finish: 'POLISHED',
      modelId: randomUUID(),
      filename: 'ring.stl',
      modelSha256: null,
      createdAt: new Date().toISOString(),
      submittedAt: null,
      promisedAt: null,
    },
  };
}
