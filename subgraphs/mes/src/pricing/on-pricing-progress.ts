import { OrderRecord } from '@alexandrite/baton/order-record';
import type { Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { PricingProgress } from '@alexandrite/schema/events';
import { LockMode } from '@mikro-orm/core';
import { announcePrice } from './announce-price.ts';
import { storeEstimate } from './estimate.ts';
import { Pricing } from './pricing.ts';

/**
 * The engine is at it. Passed on in whole percents, and only forwards: what comes late, twice, out of order or about
 * another attempt changes nothing. An estimate stands for the price until it comes. Returns whether the pricing has just
 * left the queue.
 */
export async function onPricingProgress(tx: Tx, outbox: Outbox, progress: PricingProgress): Promise<boolean> {
  const pricing = await tx.findOne(Pricing, progress.orderId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!pricing || pricing.requestId !== progress.requestId || pricing.finishedAt !== null) return false;
  // 100 is said by the price itself
  const percent = Math.max(0, Math.min(99, Math.floor(progress.progress * 100)));
  const begins = pricing.stage === 'QUEUED';
  const order = await tx.findOneOrFail(OrderRecord, progress.orderId);
  // only before calculating is told of: stages go forwards, and the price is near then
  if (begins && progress.estimate) {
    pricing.estimateId = await storeEstimate(tx, order, pricing.requestId, progress.estimate);
    pricing.stage = 'ESTIMATED';
  } else if (begins) pricing.stage = 'CALCULATING';
  else if (percent <= pricing.percent) return false;
  pricing.percent = percent;
  pricing.startedAt ??= new Date();
  await announcePrice(tx, outbox, order, pricing);
  return begins;
}
