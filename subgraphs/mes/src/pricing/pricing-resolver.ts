import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { MesContext } from '../mes-context.ts';
import { maySeeAccount } from '../order/visible.ts';
import { type Pricing, shownPriceId } from './pricing.ts';

/** The parent of GraphQL's Pricing and OrderPrice: an order, and its row once it was submitted. */
interface Priced {
  order: OrderRecord;
  pricing: Pricing | null;
}

export async function pricingOf(order: OrderRecord, context: MesContext): Promise<Priced> {
  return { order, pricing: await context.pricings.load(order.id) };
}

export async function priceOf(order: OrderRecord, context: MesContext) {
  const priceId = (await context.pricings.load(order.id))?.priceId ?? null;
  return priceId === null ? null : context.prices.load(priceId);
}

async function queuePlaceOf({ pricing }: Priced, context: MesContext) {
  return pricing?.stage === 'QUEUED' ? context.queuePlaces.load(pricing.orderId) : null;
}

interface Worded {
  language: 'EN' | 'RU';
}

const progress = {
  stage: ({ pricing }: Priced) => pricing?.stage ?? 'NOT_SUBMITTED',
  progress: ({ pricing }: Priced) => (pricing?.percent ?? 0) / 100,
};

export const pricingResolvers = {
  Query: {
    orderPrice: async (_: unknown, { orderId }: { orderId: string }, context: MesContext) => {
      const order = await context.orders.load(orderId);
      return order && maySeeAccount(context.viewer, order.accountId) ? pricingOf(order, context) : null;
    },
  },
  Pricing: {
    ...progress,
    reason: ({ pricing }: Priced, { language }: Worded) =>
      (language === 'RU' ? pricing?.reasonRu : pricing?.reasonEn) ?? null,
    reasonCode: ({ pricing }: Priced) => pricing?.reasonCode ?? null,
    queuePosition: async (priced: Priced, _: unknown, context: MesContext) =>
      (await queuePlaceOf(priced, context))?.place ?? null,
    etaSeconds: async (priced: Priced, _: unknown, context: MesContext) =>
      (await queuePlaceOf(priced, context))?.seconds ?? null,
  },
  OrderPrice: {
    ...progress,
    reason: ({ pricing }: Priced) => pricing?.reasonEn ?? null,
    price: ({ pricing }: Priced, _: unknown, context: MesContext) => {
      const priceId = pricing && shownPriceId(pricing);
      return priceId === null ? null : context.prices.load(priceId);
    },
    revision: ({ pricing }: Priced) => pricing?.revision ?? 0,
  },
};
