import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, Consumption, Delivery } from '@alexandrite/bus';
import { tracedHandler } from '@alexandrite/bus/traced';
import type { Database } from '@alexandrite/database';
import type { OrderFacts, OrderMoved } from '@alexandrite/schema/events';
import type { System } from '@alexandrite/schema/order-status';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { OnMove } from './baton.ts';
import { InOrder } from './in-order.ts';
import { OrderRecord } from './order-record.ts';
import { findArchived, lockOrder } from './read-order.ts';

export interface FollowDependencies {
  system: System;
  database: Database;
  bus: Bus;
  log: Log;
  metrics: Metrics;
  onMove: OnMove;
}

/** How long a move waits here for the one before it, which another process may be just writing. */
const gapPatienceMs = 500;
/** About an hour in all, then the dead letters. Dense at first: a move that came too early waits for its turn here. */
const backoffMs = [
  ...[50, 100, 200, 300, 500, 500, 1_000, 1_000, 1_000, 2_000, 2_000, 2_000, 5_000, 5_000, 10_000, 10_000],
  ...[30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000, 1_200_000],
];
/** What a killed process had taken is given to another after so long; being given twice does no harm. */
const ackWaitMs = 5_000;

/**
 * Keeps this system's view of the orders that others move. The order's own version is the inbox: what is known already is
 * ignored, what comes too early waits, so that every move is projected once and in order however often it is delivered.
 */
export async function followMoves(dependencies: FollowDependencies): Promise<Consumption> {
  const inOrder = new InOrder();
  const options = {
    stream: 'ORDERS',
    durable: `${dependencies.system.toLowerCase()}-orders`,
    concurrency: 16,
    ackWaitMs,
    maxDeliveries: backoffMs.length + 1,
    backoffMs,
  };
  return dependencies.bus.consume(
    options,
    tracedHandler(tracerOf(dependencies.metrics.service), options, (message) =>
      follow(dependencies, inOrder, message),
    ),
  );
}

async function follow(
  dependencies: FollowDependencies,
  inOrder: InOrder,
  { payload, signal }: Delivery,
): Promise<void> {
  const moved = payload as OrderMoved;
  if (moved.system === dependencies.system) return;
  const deadline = Date.now() + gapPatienceMs;
  for (;;) {
    const known = await inOrder.run(moved.order.id, () => project(dependencies, moved));
    if (known >= moved.version) return;
    if (signal.aborted || Date.now() > deadline) {
      throw new Error(`expected version ${known + 1} of order ${moved.order.id}, got ${moved.version}`);
    }
    await sleep(20);
  }
}

/** Applies the move if it is the next one; returns the version that is known then. */
function project({ database, onMove, log }: FollowDependencies, moved: OrderMoved): Promise<number> {
  return database.transaction(async (tx) => {
    const known = await lockOrder(tx, moved.order.id);
    // The first move makes the order: none of those that are archived is said again.
    const archived = known || moved.version === 1 ? null : await findArchived(tx, moved.order.id);
    if (archived) return archived.version;
    const version = known?.version ?? 0;
    if (moved.version <= version) {
      if (moved.version === version && moved.to !== known?.status) {
        log.error(
          { orderId: moved.order.id, version, known: known?.status, came: moved.to },
          'two systems wrote one version',
        );
      }
      return version;
    }
    if (moved.version > version + 1) return version;
    const state = stateAfter(moved);
    const order = known ? tx.assign(known, state) : tx.create(OrderRecord, { id: moved.order.id, ...state });
    await tx.flush();
    await onMove(tx, order, moved);
    log.info(
      { orderId: order.id, from: moved.from, to: moved.to, version: moved.version },
      'order moved elsewhere',
    );
    return moved.version;
  });
}

function stateAfter(moved: OrderMoved) {
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  const facts: OrderFacts = moved.facts;
  return {
    number: facts.number,
    accountId: facts.accountId,
    channel: facts.channel,
    status: moved.to,
    version: moved.version,
    holder: moved.holder,
    heldFrom: moved.heldFrom,
    movedAt: new Date(moved.at),
    quantity: facts.quantity,
    alloy: facts.alloy,
    finish: facts.finish,
    modelId: facts.modelId,
    filename: facts.filename,
    modelSha256: facts.modelSha256,
    createdAt: new Date(facts.createdAt),
    submittedAt: instant(facts.submittedAt),
    promisedAt: instant(facts.promisedAt),
  };
}
