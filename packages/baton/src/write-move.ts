import { subjectToken } from '@alexandrite/bus/subject-token';
import type { Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { OrderFacts, OrderMoved } from '@alexandrite/schema/events';
import { holderAfter, mayMove, type OrderStatus, type System } from '@alexandrite/schema/order-status';
import { subjects } from '@alexandrite/schema/subjects';
import type { ChangedFacts, OnMove } from './baton.ts';
import { OrderRecord } from './order-record.ts';
import { Refused } from './refusal.ts';
import { standing } from './standing.ts';
import { keepMove } from './written-moves.ts';

export interface MoveWriter {
  system: System;
  outbox: Outbox;
  onMove: OnMove;
}

export interface Why {
  by: string;
  cause?: string | null;
  facts?: ChangedFacts;
  /** The order is let go on from where it was held: nothing else leads out of ON_HOLD, except to CANCELLED. */
  resumes?: boolean;
}

/** Moves a locked order on: row, event and the service's own tables, in the transaction at hand. */
export async function writeMove(
  writer: MoveWriter,
  tx: Tx,
  order: OrderRecord,
  to: OrderStatus,
  why: Why,
): Promise<OrderMoved> {
  const from = order.status;
  const leavesHold = from === 'ON_HOLD' && to === order.heldFrom;
  if (!mayMove(from, to, order.heldFrom ?? null) || leavesHold !== (why.resumes ?? false)) {
    throw new Refused('ILLEGAL_MOVE', `${standing[from]} It cannot become ${to}.`);
  }
  Object.assign(order, why.facts);
  order.heldFrom = to === 'ON_HOLD' ? from : null;
  order.holder = holderAfter(to, writer.system);
  order.status = to;
  order.version++;
  // Clocks of two machines differ; a stay in a status is never negative.
  order.movedAt = new Date(Math.max(Date.now(), order.movedAt.getTime()));
  return announce(writer, tx, order, from, why);
}

/** Writes the first status of a new order. */
export async function writeFirst(
  writer: MoveWriter,
  tx: Tx,
  facts: Omit<OrderFacts, 'createdAt' | 'submittedAt' | 'promisedAt'>,
  why: { id: string; by: string },
): Promise<OrderRecord> {
  const now = new Date();
  const order = tx.create(OrderRecord, {
    ...facts,
    id: why.id,
    status: 'INITIATED',
    version: 1,
    holder: holderAfter('INITIATED', writer.system),
    heldFrom: null,
    movedAt: now,
    createdAt: now,
    submittedAt: null,
    promisedAt: null,
  });
  await announce(writer, tx, order, null, why);
  return order;
}

async function announce(
  writer: MoveWriter,
  tx: Tx,
  order: OrderRecord,
  from: OrderStatus | null,
  why: Why,
): Promise<OrderMoved> {
  const { id, status, version } = order;
  const moved: OrderMoved = {
    order: { id, status, version },
    from,
    to: status,
    version,
    at: order.movedAt.toISOString(),
    by: why.by,
    system: writer.system,
    holder: order.holder,
    heldFrom: order.heldFrom ?? null,
    cause: cleanCause(why.cause),
    facts: factsOf(order),
  };
  await tx.flush();
  await writer.outbox.append(tx, {
    subject: subjects.orderMoved(subjectToken(order.accountId), subjectToken(id), status),
    payload: moved,
    messageId: `${id}:${version}`,
    orderingKey: id,
  });
  await keepMove(tx, moved);
  await writer.onMove(tx, order, moved);
  return moved;
}

const longestCause = 1_000;

/** A client's words end up in columns of all three services, which hold no NUL. */
function cleanCause(cause: string | null | undefined): string | null {
  return cause?.replaceAll('\0', '').slice(0, longestCause) || null;
}

function factsOf(order: OrderRecord): OrderFacts {
  return {
    number: order.number,
    accountId: order.accountId,
    channel: order.channel,
    quantity: order.quantity,
    alloy: order.alloy,
    finish: order.finish,
    modelId: order.modelId,
    filename: order.filename,
    modelSha256: order.modelSha256 ?? null,
    createdAt: order.createdAt.toISOString(),
    submittedAt: order.submittedAt?.toISOString() ?? null,
    promisedAt: order.promisedAt?.toISOString() ?? null,
  };
}
