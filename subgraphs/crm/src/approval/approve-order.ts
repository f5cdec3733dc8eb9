import type { OrderRecord } from '@alexandrite/baton/order-record';
import { type Refusal, Refused } from '@alexandrite/baton/refusal';
import type { CrmContext } from '../context.ts';
import { Approval } from './approval.ts';
import { decide } from './decision.ts';
import { maySell } from './who-may.ts';

/** A seller lets the order be made, once the customer has accepted its price. */
export function approveOrder(context: CrmContext, id: string): Promise<OrderRecord | Refusal> {
  return decide(context, id, maySell, async ({ viewer, tx, order, move }) => {
    const approval = await tx.findOne(Approval, { orderId: id });
    if (order.status === 'PRICE_CALCULATED' && !approval?.priceAcceptedAt) {
      throw new Refused('PRICE_NOT_ACCEPTED', 'The customer has not accepted the price yet.');
    }
    await move('MANUFACTURING_APPROVED', { by: viewer.sub });
  });
}
