import type { PriceDocument, PricingCalculated } from '@alexandrite/schema/events';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * What one attempt came to, or was estimated at on its way. Never changed: an order that is submitted again gets another
 * price, and an estimate goes when its price comes.
 */
export const Price = defineEntity({
  name: 'Price',
  tableName: 'prices',
  properties: {
    /** The id of the request it answers; of an estimate by `storeEstimate`. */
    id: p.text().primary(),
    orderId: p.uuid(),
    accountId: p.text(),
    quantity: p.integer(),
    currency: p.text(),
    totalMinor: p.bigint('number'),
    tariffVersion: p.text(),
    source: p.text().$type<PricingCalculated['source'] | 'ESTIMATED'>(),
    calculatedAt: p.datetime(3),
    document: p.json<PriceDocument>(),
    /** A row of `wall_maps`; null where no wall was found, and for an estimate. */
    wallMapSha256: p.text().strictNullable(),
    /** When the order was cancelled, or its price rejected: nobody can accept it any more. */
    voidedAt: p.datetime(3).strictNullable(),
    /** Of an estimate: between them the total will probably be. Null for a price. */
    lowestMinor: p.bigint('number').strictNullable(),
    highestMinor: p.bigint('number').strictNullable(),
  },
});

export type Price = InferEntity<typeof Price>;
