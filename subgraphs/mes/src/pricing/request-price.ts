import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { PricingRequest } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import { LockMode } from '@mikro-orm/core';
import { announcePrice } from './announce-price.ts';
import { Pricing, pricingRequestId } from './pricing.ts';

/** Puts a submitted order into its channel's pricing queue; a new attempt when it was there before. */
export async function requestPrice(tx: Tx, outbox: Outbox, order: OrderRecord): Promise<void> {
  const requestedAt = order.movedAt;
  const attempt = {
    requestId: pricingRequestId(order.id, order.version),
    stage: 'QUEUED',
    percent: 0,
    reasonCode: null,
    reasonEn: null,
    reasonRu: null,
    priceId: null,
    estimateId: null,
    requestedAt,
    startedAt: null,
    finishedAt: null,
    seconds: null,
  } as const;
  let pricing = await tx.findOne(Pricing, order.id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (pricing) tx.assign(pricing, attempt);
  else {
    const { id: orderId, accountId, channel } = order;
    pricing = tx.create(Pricing, { orderId, accountId, channel, revision: 0, ...attempt });
  }
  const request = pricingRequest(order, pricing);
  await outbox.append(tx, {
    subject: subjects.pricingRequest(order.channel),
    payload: request,
    messageId: request.id,
    orderingKey: order.id,
  });
  await announcePrice(tx, outbox, order, pricing);
}

/** What is asked of the pricing engines for the attempt at hand. */
export function pricingRequest(order: OrderRecord, { requestId, requestedAt }: Pricing): PricingRequest {
  const { id: orderId, accountId, channel, modelSha256, filename, alloy, finish, quantity } = order;
  if (modelSha256 === null || modelSha256 === undefined) {
    throw new Error(`expected order ${orderId} to have a model when it is submitted, got none`);
  }
  return {
    id: requestId,
    orderId,
    channel,
    accountId,
    modelSha256,
    filename,
    alloy,
    finish,
    quantity,
    requestedAt: requestedAt.toISOString(),
  };
}
