/**
 * The way of an order: one table of legal moves for all three services. Whoever holds an order writes its next status;
 * some moves hand it to another holder.
 */
export type System = 'SHOP' | 'CRM' | 'MES';

export const ORDER_STATUSES = [
  'INITIATED',
  'FILE_UPLOADED',
  'SUBMITTED',
  'PRICE_CALCULATED',
  'MANUFACTURING_APPROVED',
  'MANUFACTURING_STARTED',
  'MANUFACTURING_COMPLETED',
  'PACKAGING',
  'SHIPPED',
  'CLOSED',
  'PRICE_FAILED',
  'PRICE_REJECTED',
  'ON_HOLD',
  'REWORK',
  'CANCELLED',
] as const;

export type OrderStatus = (typeof ORDER_STATUSES)[number];

interface Stand {
  /** Who holds an order that has this status; `same` leaves it where it was. */
  holder: System | 'same';
  /** The statuses that may follow. ON_HOLD is left to where it was entered from (see `mayMove`). */
  next: readonly OrderStatus[];
}

export const ORDER_MOVES: Readonly<Record<OrderStatus, Stand>> = {
  INITIATED: { holder: 'SHOP', next: ['FILE_UPLOADED', 'ON_HOLD', 'CANCELLED'] },
  FILE_UPLOADED: { holder: 'SHOP', next: ['SUBMITTED', 'ON_HOLD', 'CANCELLED'] },
  SUBMITTED: { holder: 'MES', next: ['PRICE_CALCULATED', 'PRICE_FAILED', 'ON_HOLD', 'CANCELLED'] },
  PRICE_CALCULATED: {
    holder: 'CRM',
    next: ['MANUFACTURING_APPROVED', 'PRICE_REJECTED', 'ON_HOLD', 'CANCELLED'],
  },
  MANUFACTURING_APPROVED: { holder: 'MES', next: ['MANUFACTURING_STARTED', 'ON_HOLD', 'CANCELLED'] },
  MANUFACTURING_STARTED: {
    holder: 'MES',
    // back to MANUFACTURING_APPROVED: the operator releases it
    next: ['MANUFACTURING_COMPLETED', 'MANUFACTURING_APPROVED', 'ON_HOLD', 'CANCELLED'],
  },
  MANUFACTURING_COMPLETED: { holder: 'MES', next: ['PACKAGING', 'REWORK', 'ON_HOLD'] },
  PACKAGING: { holder: 'MES', next: ['SHIPPED', 'REWORK', 'ON_HOLD'] },
  SHIPPED: { holder: 'CRM', next: ['CLOSED'] },
  CLOSED: { holder: 'CRM', next: [] },
  // the shop holds it again: the customer submits it once more, or cancels
  PRICE_FAILED: { holder: 'SHOP', next: ['SUBMITTED', 'CANCELLED'] },
  PRICE_REJECTED: { holder: 'CRM', next: ['CANCELLED'] },
  ON_HOLD: { holder: 'same', next: ['CANCELLED'] },
  REWORK: { holder: 'MES', next: ['MANUFACTURING_STARTED', 'ON_HOLD', 'CANCELLED'] },
  CANCELLED: { holder: 'same', next: [] },
};

/** Whether `to` may follow `from`; a held order may also go back to the status it was held in. */
export function mayMove(from: OrderStatus, to: OrderStatus, heldFrom: OrderStatus | null): boolean {
  if (from === 'ON_HOLD' && to === heldFrom) return true;
  return ORDER_MOVES[from].next.includes(to);
}

/** Who holds the order after a move to `to` by `mover`. */
export function holderAfter(to: OrderStatus, mover: System): System {
  const { holder } = ORDER_MOVES[to];
  return holder === 'same' ? mover : holder;
}

/** Nothing follows any more. */
export function isFinal(status: OrderStatus): boolean {
  return ORDER_MOVES[status].next.length === 0;
}
