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
 * Makes a decision on an order while CRM holds it. Who may decide at all is said before any look at the order, and whoever
 * may not see it learns nothing, not even that it exists.
 */
export async function decide(
  context: CrmContext,
  orderId: string,
  mayDecide: (viewer: Viewer) => boolean,
  make: (decision: Decision) => Promise<void>,
): Promise<OrderRecord | Refusal> {
  const { viewer, baton } = context;
  if (viewer === null) return refusal('UNAUTHENTICATED', 'Sign in first.');
  if (!mayDecide(viewer)) return refusal('FORBIDDEN', 'This is for somebody else to decide.');
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
