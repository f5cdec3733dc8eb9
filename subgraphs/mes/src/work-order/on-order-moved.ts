import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Tx } from '@alexandrite/database';
import type { OrderMoved } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import { ensureOperator } from '../operator/ensure-operator.ts';
import { afterMove } from './after-move.ts';
import { WorkOrder } from './work-order.ts';

/**
 * What a move of an order means for the floor; whether it means anything. The order's row is locked, and with it its work
 * order.
 */
export async function workOnOrderMoved(tx: Tx, order: OrderRecord, moved: OrderMoved): Promise<boolean> {
  if (beforeApproval.has(moved.to)) return false;
  const known = await tx.findOne(WorkOrder, order.id);
  const facts = afterMove(known, moved);
  if (!facts) return false;
  if (facts.operatorId !== null) await ensureOperator(tx, facts.operatorId, new Date(moved.at));
  if (known) tx.assign(known, facts);
  else tx.create(WorkOrder, { ...facts, id: order.id });
  return true;
}

/** Nobody has approved it yet: these moves need no look into the table. */
const beforeApproval: ReadonlySet<OrderStatus> = new Set([
  'INITIATED',
  'FILE_UPLOADED',
  'SUBMITTED',
  'PRICE_CALCULATED',
  'PRICE_FAILED',
]);
