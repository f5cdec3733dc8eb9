import type { Viewer } from '@alexandrite/auth/viewer';
import type { Baton, Move } from '@alexandrite/baton';
import type { OrderRecord } from '@alexandrite/baton/order-record';
import { type Refusal, refusal } from '@alexandrite/baton/refusal';
import type { Tx } from '@alexandrite/database';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import { WorkOrder } from './work-order.ts';

/** One step of an operator on an order whose row is locked: returns a refusal, or null once the order is moved. */
export interface Step {
  /** Where an order must stand for this step. Said apart from the table of moves, in which resuming looks the same. */
  from: readonly OrderStatus[];
  /** What cannot be done, when it stands elsewhere: "be packed". */
  passive: string;
  /** Only by whoever has taken the order, or by an admin. */
  mine: boolean;
  /** Refusals of this step alone, asked first. */
  refuse?: (work: WorkOrder) => Refusal | null;
  do: (move: Move, work: WorkOrder, tx: Tx) => Promise<unknown>;
}

/** Does a step for whoever asks; the order as it is then, or why not. */
export async function atWork(
  baton: Baton,
  viewer: Viewer | null,
  orderId: string,
  step: Step,
): Promise<OrderRecord | Refusal> {
  // said before any look at the order, so that nobody learns from it which orders there are
  if (viewer === null) return refusal('UNAUTHENTICATED', 'Sign in first.');
  if (viewer.role !== 'operator' && viewer.role !== 'admin') {
    return refusal('FORBIDDEN', 'Only operators and administrators work on orders.');
  }
  return baton.hold<OrderRecord | Refusal>(orderId, async (tx, order, move) => {
    const work = await tx.findOne(WorkOrder, orderId);
    const specific = work && step.refuse?.(work);
    if (specific) return specific;
    if (!work || !step.from.includes(order.status)) {
      return refusal('ILLEGAL_MOVE', `An order that is ${order.status} cannot ${step.passive}.`);
    }
    if (step.mine && viewer.role !== 'admin' && work.operatorId !== viewer.sub) {
      return refusal('NOT_YOURS', 'Another operator has taken this order.');
    }
    await step.do(move, work, tx);
    return order;
  });
}
