import type { Viewer } from '@alexandrite/auth/viewer';
import type { Move } from '@alexandrite/baton';
import type { OrderRecord } from '@alexandrite/baton/order-record';
import { type Refusal, refusal } from '@alexandrite/baton/refusal';
import type { Tx } from '@alexandrite/database';
import type { CrmContext } from '../context.ts';
import { maySee } from './who-may.ts';

export interface Decision {
  viewer: Viewer;
  tx: Tx;
  /** Locked until the transaction ends, and with it its approval. */
  order: OrderRecord;
  move: Move;
}

/**
 * Makes a decision on an order while CRM holds it. Whoever may not see the order learns nothing, not even that it exists;
 * whoever may see it but not decide is told so.
 */
export async function decide(
  context: CrmContext,
  orderId: string,
  mayDecide: (viewer: Viewer) => boolean,
  make: (decision: Decision) => Promise<void>,
): Promise<OrderRecord | Refusal> {
  const { viewer, baton } = context;
  if (viewer === null || !mayDecide(viewer)) {
    const order = viewer && (await context.orders.load(orderId));
    return order && maySee(viewer, order)
      ? refusal('FORBIDDEN', 'This is for somebody else to decide.')
      : refusal('NOT_FOUND', 'There is no such order.');
  }
  const decided = await baton.hold(
    orderId,
    async (tx, order, move) => {
      await make({ viewer, tx, order, move });
      return order;
    },
    { visible: (order) => maySee(viewer, order) },
  );
  // What the request read before is older than what it has just done.
  context.orders.clear(orderId);
  context.approvals.clear(orderId);
  return decided;
}
