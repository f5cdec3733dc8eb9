import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { OrderMoved } from '@alexandrite/schema/events';
import { abandonPricing } from './abandon-pricing.ts';
import { finishPricing } from './finish-pricing.ts';
import { Pricing } from './pricing.ts';
import { requestPrice } from './request-price.ts';
import { voidPrices } from './store-price.ts';

/** What a move of an order means for its price. */
export async function pricingOnOrderMoved(
  tx: Tx,
  outbox: Outbox,
  order: OrderRecord,
  moved: OrderMoved,
): Promise<void> {
  if (moved.to === 'CANCELLED' || moved.to === 'PRICE_REJECTED')
    await voidPrices(tx, order.id, order.movedAt);
  if (moved.to === 'CANCELLED') return abandonPricing(tx, outbox, order);
  if (moved.to !== 'SUBMITTED') return;
  // resumed: its request is still under way, or its result waits for the order
  const pricing = moved.from === 'ON_HOLD' ? await tx.findOne(Pricing, order.id) : null;
  if (!pricing) return requestPrice(tx, outbox, order);
  if (pricing.finishedAt !== null) await finishPricing(tx, outbox, pricing, moved.version);
}
