import type { OrderRecord } from '@alexandrite/baton/order-record';
import { subjectToken } from '@alexandrite/bus/subject-token';
import type { Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { PriceChanged } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import { type Pricing, shownPriceId } from './pricing.ts';

/**
 * Tells the subscribers of `orderPrice` how far the pricing is. `pricing` is a row that `tx` has locked or made, already
 * in its new state: the messages of an order carry revisions without a hole, in the order of their commits.
 */
export async function announcePrice(
  tx: Tx,
  outbox: Outbox,
  order: OrderRecord,
  pricing: Pricing,
): Promise<void> {
  pricing.revision += 1;
  const priceId = shownPriceId(pricing);
  const payload: PriceChanged = {
    order: { id: order.id, status: order.status, version: order.version },
    stage: pricing.stage,
    progress: pricing.percent / 100,
    price: priceId === null ? null : { id: priceId },
    reason: pricing.reasonEn,
    revision: pricing.revision,
  };
  await outbox.append(tx, {
    subject: subjects.priceChanged(subjectToken(order.accountId), subjectToken(order.id)),
    payload,
    messageId: `price-${order.id}-${pricing.revision}`,
    orderingKey: order.id,
  });
}
