import type { PriceDocument, PricingCalculated } from '@alexandrite/schema/events';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** What one attempt came to. Never changed: an order that is submitted again gets another price. */
export const Price = defineEntity({
  name: 'Price',
  tableName: 'prices',
  properties: {
    /** The id of the request it answers. */
    id: p.text().primary(),
    orderId: p.uuid(),
    accountId: p.text(),
    quantity: p.integer(),
    currency: p.text(),
    totalMinor: p.bigint('number'),
    tariffVersion: p.text(),
    source: p.text().$type<PricingCalculated['source']>(),
    calculatedAt: p.datetime(3),
    document: p.json<PriceDocument>(),
  },
});

export type Price = InferEntity<typeof Price>;
