import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** What was decided on the price of an order, one row for each order that was ever priced. */
export const ApprovalSchema = defineEntity({
  name: 'Approval',
  tableName: 'approvals',
  properties: {
    orderId: p.text().primary(),
    pricedAt: p.datetime(),
    /** The order is PRICE_CALCULATED now: it belongs into the sellers' queue. */
    waiting: p.boolean(),
    priceAcceptedAt: p.datetime().strictNullable(),
    priceAcceptedBy: p.text().strictNullable(),
    priceRejectedAt: p.datetime().strictNullable(),
    priceRejectedReason: p.text().strictNullable(),
    approvedAt: p.datetime().strictNullable(),
    approvedBy: p.text().strictNullable(),
    closedAt: p.datetime().strictNullable(),
  },
});

export type Approval = InferEntity<typeof ApprovalSchema>;
