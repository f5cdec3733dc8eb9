import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** What was decided on the price of an order: one row for each order that was ever priced, changed under the order's lock. */
export const Approval = defineEntity({
  name: 'Approval',
  tableName: 'approvals',
  properties: {
    orderId: p.uuid().primary(),
    pricedAt: p.datetime(3),
    /** The order is PRICE_CALCULATED now: it belongs into the sellers' queue. */
    waiting: p.boolean(),
    priceAcceptedAt: p.datetime(3).strictNullable(),
    priceAcceptedBy: p.text().strictNullable(),
    priceRejectedAt: p.datetime(3).strictNullable(),
    priceRejectedReason: p.text().strictNullable(),
    approvedAt: p.datetime(3).strictNullable(),
    approvedBy: p.text().strictNullable(),
    closedAt: p.datetime(3).strictNullable(),
  },
});

export type Approval = InferEntity<typeof Approval>;
