import { lockOrder } from '@alexandrite/baton/read-order';
import type { Bus } from '@alexandrite/bus';
import type { Database } from '@alexandrite/database';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { Outbox } from '@alexandrite/outbox';
import type { WatchAction } from '@alexandrite/schema/questions';
import { subjects } from '@alexandrite/schema/subjects';
import { finishPricing } from './finish-pricing.ts';
import { Pricing } from './pricing.ts';
import { isIdle } from './pricing-waits.ts';
import { pricingRequest } from './request-price.ts';

/**
 * For an order that waits for a price which nobody works on: the result is told again if there is one, else the same
 * attempt is asked for again. Its result is taken once, however often it comes.
 */
export async function priceAgain(
  { database, bus, outbox }: { database: Database; bus: Bus; outbox: Outbox },
  orderId: string,
): Promise<WatchAction[]> {
  const seen = await database.em().findOne(Pricing, orderId);
  if (!seen || (seen.finishedAt === null && !(await isIdle(bus, seen.channel)))) return [];
  return database.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    const pricing = await tx.findOne(Pricing, orderId);
    if (order?.status !== 'SUBMITTED' || pricing?.requestId !== seen.requestId) return [];
    if (pricing.finishedAt !== null) {
      await finishPricing(tx, outbox, pricing, uuidV7());
      return ['PRICE_TOLD_AGAIN'];
    }
    const request = pricingRequest(order, pricing);
    await outbox.append(tx, {
      subject: subjects.pricingRequest(order.channel),
      payload: request,
      messageId: `${request.id}-again-${uuidV7()}`,
      orderingKey: order.id,
    });
    return ['PRICE_REQUESTED_AGAIN'];
  });
}
