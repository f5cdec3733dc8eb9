import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import { LockMode } from '@mikro-orm/core';
import { announcePrice } from './announce-price.ts';
import { dropEstimate } from './estimate.ts';
import { Pricing } from './pricing.ts';

/** The order is cancelled: whoever waits for its price is told that none will come. */
export async function abandonPricing(tx: Tx, outbox: Outbox, order: OrderRecord): Promise<void> {
  const pricing = await tx.findOne(Pricing, order.id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!pricing || pricing.finishedAt !== null) return;
  await dropEstimate(tx, pricing);
  tx.assign(pricing, {
    stage: 'FAILED',
    reasonCode: 'CANCELLED',
    reasonEn: 'The order was cancelled before its price was ready.',
    reasonRu: 'Заказ отменён до того, как была рассчитана цена.',
    finishedAt: order.movedAt,
  });
  await announcePrice(tx, outbox, order, pricing);
}
