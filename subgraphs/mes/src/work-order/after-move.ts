import type { OrderMoved } from '@alexandrite/schema/events';
import type { WorkOrder } from './work-order.ts';

type Facts = Omit<WorkOrder, 'id'>;

/**
 * What a move of an order says about its work: a pure function of the moves, so that a move told twice, or a table
 * rebuilt from the stream, comes to the same. Null while there is nothing to make.
 */
export function afterMove(known: Facts | null, moved: OrderMoved): Facts | null {
  const at = new Date(moved.at);
  if (known === null) {
    if (moved.to !== 'MANUFACTURING_APPROVED') return null;
    const promisedAt = moved.facts.promisedAt === null ? null : new Date(moved.facts.promisedAt);
    return { ...untouched, status: moved.to, createdAt: at, waitingSince: at, promisedAt };
  }
  const facts: Facts = { ...known, status: moved.to };
  // a held order goes on where it stood, with whoever had it
  if (moved.from === 'ON_HOLD' && moved.to !== 'CANCELLED') return facts;
  switch (moved.to) {
    case 'MANUFACTURING_APPROVED': // released
    case 'REWORK':
      return { ...facts, ...untouched, waitingSince: at };
    case 'MANUFACTURING_STARTED':
      return { ...facts, operatorId: moved.by, takenAt: at, waitingSince: null };
    case 'MANUFACTURING_COMPLETED':
      return { ...facts, completedAt: at };
    case 'PACKAGING':
      return { ...facts, packedAt: at };
    case 'SHIPPED':
      return { ...facts, shippedAt: at };
    case 'CANCELLED':
      return { ...facts, operatorId: null, waitingSince: null };
    default:
      return facts;
  }
}

const untouched = {
  operatorId: null,
  waitingSince: null,
  takenAt: null,
  completedAt: null,
  packedAt: null,
  shippedAt: null,
  trackingNumber: null,
} as const;
