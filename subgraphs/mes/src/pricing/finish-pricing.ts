import type { Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { PricingResult } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import { Price } from './price.ts';
import type { Pricing } from './pricing.ts';

/**
 * The result came while the order was on hold, and now it is resumed; or it came and the order has not moved. The result
 * is told once more, to ourselves: a move inside a move has no place in one transaction, and a message in the outbox
 * survives whatever happens next. `occasion` tells this telling from others.
 */
export async function finishPricing(
  tx: Tx,
  outbox: Outbox,
  pricing: Pricing,
  occasion: string | number,
): Promise<void> {
  const { orderId, requestId } = pricing;
  const seconds = pricing.seconds ?? 0;
  let payload: PricingResult;
  if (pricing.priceId !== null) {
    const price = await tx.findOneOrFail(Price, pricing.priceId);
    const { source } = price;
    if (source === 'ESTIMATED') throw new Error(`expected a price of ${requestId}, got an estimate`);
    payload = {
      requestId,
      orderId,
      outcome: 'CALCULATED',
      result: price.document,
      source,
      seconds,
    };
  } else {
    const { reasonCode: code, reasonEn: en, reasonRu: ru } = pricing;
    if (code === null || en === null || ru === null) {
      throw new Error(`expected the failed pricing ${requestId} to have a reason, got none`);
    }
    payload = { requestId, orderId, outcome: 'FAILED', code, message: { en, ru }, seconds };
  }
  await outbox.append(tx, {
    subject: subjects.pricingResult,
    payload,
    messageId: `${requestId}-resumed-${occasion}`,
    orderingKey: orderId,
  });
}
