import type { Baton } from '@alexandrite/baton';
import { OrderRecord } from '@alexandrite/baton/order-record';
import { isRefusal } from '@alexandrite/baton/refusal';
import type { Database, Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { PricingResult } from '@alexandrite/schema/events';
import type { Log } from '@alexandrite/telemetry/log';
import { LockMode } from '@mikro-orm/core';
import { announcePrice } from './announce-price.ts';
import { dropEstimate } from './estimate.ts';
import { Pricing } from './pricing.ts';
import { storePrice } from './store-price.ts';

export interface PricingDesk {
  database: Database;
  baton: Baton;
  outbox: Outbox;
  log: Log;
}

/** Who is said to have moved an order that was priced. */
const by = 'pricing-engine';

/**
 * The engine's answer, which may come twice, late, or about an attempt that is no longer the newest. Stores it and moves
 * the order in one transaction. An order on hold keeps its result and moves when it is resumed (see `finishPricing`);
 * of a cancelled one the price is kept for the record only. Returns the pricing that it finished, else null.
 */
export async function onPricingResult(desk: PricingDesk, result: PricingResult): Promise<Pricing | null> {
  const { database, baton, log } = desk;
  const { orderId, requestId } = result;
  const em = database.em();
  const known = await em.findOne(Pricing, orderId);
  if (known?.requestId !== requestId) {
    log.info({ orderId, requestId, current: known?.requestId }, 'a price of another attempt is ignored');
    return null;
  }
  const seen = await em.findOneOrFail(OrderRecord, orderId);
  if (seen.status === 'CANCELLED') {
    if (result.outcome === 'CALCULATED') await database.transaction((tx) => storePrice(tx, seen, result));
    return null;
  }
  // told twice, and perhaps another system holds the order by now
  if (known.finishedAt !== null && seen.status !== 'SUBMITTED') return null;

  const outcome = await baton.hold(orderId, async (tx, order, move) => {
    const pricing = await tx.findOneOrFail(Pricing, orderId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (pricing.requestId !== requestId) return null;
    const first = pricing.finishedAt === null;
    if (first) await finish(tx, order, pricing, result);
    if (order.status === 'SUBMITTED') {
      await (result.outcome === 'CALCULATED'
        ? move('PRICE_CALCULATED', { by })
        : move('PRICE_FAILED', { by, cause: result.message.en }));
    } else if (!first) return null;
    await announcePrice(tx, desk.outbox, order, pricing);
    return first ? pricing : null;
  });
  if (isRefusal(outcome)) {
    // cancelled or moved between the look and the lock: the next delivery sees which
    throw new Error(`the result of ${requestId} has to be looked at again: ${outcome.message}`);
  }
  return outcome;
}

async function finish(tx: Tx, order: OrderRecord, pricing: Pricing, result: PricingResult): Promise<void> {
  pricing.finishedAt = new Date();
  await dropEstimate(tx, pricing);
  pricing.seconds = (pricing.finishedAt.getTime() - pricing.requestedAt.getTime()) / 1_000;
  if (result.outcome === 'CALCULATED') {
    await storePrice(tx, order, result);
    pricing.stage = 'CALCULATED';
    pricing.percent = 100;
    pricing.priceId = result.requestId;
  } else {
    pricing.stage = 'FAILED';
    pricing.reasonCode = result.code;
    pricing.reasonEn = result.message.en;
    pricing.reasonRu = result.message.ru;
  }
}
