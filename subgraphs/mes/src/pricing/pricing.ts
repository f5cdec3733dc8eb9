import type { Channel, PricingStage } from '@alexandrite/schema/events';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * How far the pricing of an order is: one row for each order that was ever submitted, about its newest attempt. An order
 * without a row is NOT_SUBMITTED.
 */
export const Pricing = defineEntity({
  name: 'Pricing',
  tableName: 'pricings',
  properties: {
    orderId: p.uuid().primary(),
    accountId: p.text(),
    channel: p.text().$type<Channel>(),
    /** The attempt: see `pricingRequestId`. What is said about another one comes too late. */
    requestId: p.text(),
    stage: p.text().$type<Exclude<PricingStage, 'NOT_SUBMITTED'>>(),
    /** 0 to 100. */
    percent: p.smallint(),
    reasonCode: p.text().strictNullable(),
    reasonEn: p.text().strictNullable(),
    reasonRu: p.text().strictNullable(),
    priceId: p.text().strictNullable(),
    /** What stands for the price while the stage is ESTIMATED. */
    estimateId: p.text().strictNullable(),
    /** +1 with every message about this order on `prices.…`, over all attempts. */
    revision: p.integer(),
    requestedAt: p.datetime(3),
    startedAt: p.datetime(3).strictNullable(),
    finishedAt: p.datetime(3).strictNullable(),
    /** From requested to finished. */
    seconds: p.float().strictNullable(),
  },
});

export type Pricing = InferEntity<typeof Pricing>;

/** The same move asks for the same attempt, however often it is told; a later submission is another one. */
export function pricingRequestId(orderId: string, version: number): string {
  return `${orderId}-${version}`;
}

/** The price, or what stands for it until it comes: for those who watch it come, never for those who accept it. */
export function shownPriceId({ stage, priceId, estimateId }: Pricing): string | null {
  return stage === 'ESTIMATED' ? estimateId : priceId;
}
