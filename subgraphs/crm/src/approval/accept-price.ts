import type { OrderRecord } from '@alexandrite/baton/order-record';
import { type Refusal, Refused } from '@alexandrite/baton/refusal';
import type { CrmContext } from '../context.ts';
import { announceAcceptance } from './announce-acceptance.ts';
import { Approval } from './approval.ts';
import { decide } from './decision.ts';
import { mayDecidePrice, maySee } from './who-may.ts';

/** The customer accepts the price. Accepting again says the same, wherever the order has gone since. */
export async function acceptPrice(context: CrmContext, id: string): Promise<OrderRecord | Refusal> {
  const { viewer, orders, approvals, outbox } = context;
  if (viewer && mayDecidePrice(viewer)) {
    const order = await orders.load(id);
    if (order && maySee(viewer, order) && (await approvals.load(id))?.priceAcceptedAt) return order;
  }
  return decide(context, id, mayDecidePrice, async ({ viewer, tx, order }) => {
    const approval = await tx.findOne(Approval, { orderId: id });
    if (approval?.priceAcceptedAt) return;
    if (approval?.priceRejectedAt) {
      throw new Refused('PRICE_ALREADY_REJECTED', 'The price has been rejected: order the piece anew.');
    }
    if (!approval?.waiting) {
      throw new Refused('PRICE_NOT_OPEN', `There is no price to accept while the order is ${order.status}.`);
    }
    approval.priceAcceptedAt = new Date();
    approval.priceAcceptedBy = viewer.sub;
    await announceAcceptance(tx, outbox, order, { at: approval.priceAcceptedAt, by: viewer.sub });
  });
}
