import type { OrderRequest } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import type { OrderRecord } from './order-record.ts';
import { Refused } from './refusal.ts';
import { standing } from './standing.ts';

/** The status that a request against the grain asks for. Throws `Refused` when there is nothing to resume. */
export function requestedStatus(kind: OrderRequest['kind'], order: OrderRecord): OrderStatus {
  if (kind === 'CANCEL') return 'CANCELLED';
  if (kind === 'HOLD') return 'ON_HOLD';
  if (order.status !== 'ON_HOLD' || !order.heldFrom) {
    throw new Refused('ILLEGAL_MOVE', `${standing[order.status]} It is not on hold.`);
  }
  return order.heldFrom;
}
