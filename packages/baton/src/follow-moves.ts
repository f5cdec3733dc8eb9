import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, Consumption, Delivery } from '@alexandrite/bus';
import { tracedHandler } from '@alexandrite/bus/traced';
import type { Database, Tx } from '@alexandrite/database';
import type { OrderFacts, OrderMoved } from '@alexandrite/schema/events';
import type { System } from '@alexandrite/schema/order-status';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { OnMove } from './baton.ts';
import { InOrder } from './in-order.ts';
import type { OrderRecord } from './order-record.ts';
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
function project(dependencies: FollowDependencies, moved: OrderMoved): Promise<number> {
  const { database, onMove, log } = dependencies;
  return database.transaction(async (tx) => {
    const order: OrderRecord = { id: moved.order.id, ...stateAfter(moved) };
    // Nearly always it is: one statement that locks, compares and writes, instead of an entity that is read and flushed.
    if (!(await (moved.version === 1 ? insertOrder(tx, order) : updateOrder(tx, order)))) {
      return versionInstead(dependencies, tx, moved);
    }
    await onMove(tx, order, moved);
    log.info(
      { orderId: order.id, from: moved.from, to: moved.to, version: moved.version },
      'order moved elsewhere',
    );
    return moved.version;
  });
}

/** The version that is known of an order to which the move could not be applied. */
async function versionInstead({ log }: FollowDependencies, tx: Tx, moved: OrderMoved): Promise<number> {
  const known = (await lockOrder(tx, moved.order.id)) ?? (await findArchived(tx, moved.order.id));
  const version = known?.version ?? 0;
  if (moved.version === version && moved.to !== known?.status) {
    log.error(
      { orderId: moved.order.id, version, known: known?.status, came: moved.to },
      'two systems wrote one version',
    );
  }
  return version;
}

async function insertOrder(tx: Tx, order: OrderRecord): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into orders (id, number, account_id, channel, status, version, holder, held_from, moved_at, quantity, alloy,
       finish, model_id, filename, model_sha256, created_at, submitted_at, promised_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing returning true`,
    [
      ...[order.id, order.number, order.accountId, order.channel, order.status, order.version, order.holder],
      ...[order.heldFrom, order.movedAt, order.quantity, order.alloy, order.finish, order.modelId],
      ...[order.filename, order.modelSha256, order.createdAt, order.submittedAt, order.promisedAt],
    ],
  );
  return inserted.length > 0;
}

/** What a move may change: see `ChangedFacts`. */
async function updateOrder(tx: Tx, order: OrderRecord): Promise<boolean> {
  const updated = await tx.execute(
    `update orders set status = ?, version = ?, holder = ?, held_from = ?, moved_at = ?, model_sha256 = ?,
            submitted_at = ?, promised_at = ?
      where id = ? and version = ? returning true`,
    [
      ...[order.status, order.version, order.holder, order.heldFrom, order.movedAt, order.modelSha256],
      ...[order.submittedAt, order.promisedAt, order.id, order.version - 1],
    ],
  );
  return updated.length > 0;
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
