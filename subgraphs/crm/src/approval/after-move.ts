import type { OrderMoved } from '@alexandrite/schema/events';
import type { Approval } from './approval.ts';

type Facts = Omit<Approval, 'orderId'>;

/**
 * What a move of an order, ours or another system's, says about the decision on its price. Null while there is no
 * price to decide on; an order that comes back from ON_HOLD keeps its place in the queue.
 */
export function afterMove(known: Facts | null, moved: OrderMoved): Facts | null {
  const at = new Date(moved.at);
  if (known === null) {
    if (moved.to !== 'PRICE_CALCULATED') return null;
    return { ...undecided, pricedAt: at, waiting: true };
  }
  const facts: Facts = { ...known, waiting: moved.to === 'PRICE_CALCULATED' };
  if (moved.to === 'MANUFACTURING_APPROVED' && known.approvedAt === null) {
    facts.approvedAt = at;
    facts.approvedBy = moved.by;
  }
  if (moved.to === 'PRICE_REJECTED') {
    facts.priceRejectedAt = at;
    facts.priceRejectedReason = moved.cause;
  }
  if (moved.to === 'CLOSED') facts.closedAt = at;
  return facts;
}

const undecided = {
  priceAcceptedAt: null,
  priceAcceptedBy: null,
  priceRejectedAt: null,
  priceRejectedReason: null,
  approvedAt: null,
  approvedBy: null,
  closedAt: null,
} as const;
