import type { Database } from '@alexandrite/database';
import DataLoader from 'dataloader';
import { inOrder } from '../in-order.ts';
import { Price } from './price.ts';
import { Pricing } from './pricing.ts';

const fresh = { disableIdentityMap: true } as const; // a mutation and what follows it may share a request

export function pricingLoader(database: Database) {
  return new DataLoader<string, Pricing | null>(async (orderIds) => {
    const rows = await database.em().find(Pricing, { orderId: { $in: [...orderIds] } }, fresh);
    return inOrder(orderIds, rows, ({ orderId }) => orderId);
  });
}

export function priceLoader(database: Database) {
  return new DataLoader<string, Price | null>(async (ids) => {
    const rows = await database.em().find(Price, { id: { $in: [...ids] } }, fresh);
    return inOrder(ids, rows, ({ id }) => id);
  });
}

/** The place in the queue of the order's channel; within it, first come is first served. */
export function queuePlaceLoader(database: Database) {
  return new DataLoader<string, number | null>(async (orderIds) => {
    const rows = await database.em().execute<{ orderId: string; place: number }[]>(
      `select order_id as "orderId", (
         select count(*)::int + 1 from pricings ahead
         where ahead.stage = 'QUEUED' and ahead.channel = own.channel
           and (ahead.requested_at, ahead.order_id) < (own.requested_at, own.order_id)
       ) as place
       from pricings own where own.stage = 'QUEUED' and own.order_id = any(?::uuid[])`,
      [`{${orderIds.join(',')}}`],
    );
    return orderIds.map((id) => rows.find(({ orderId }) => orderId === id)?.place ?? null);
  });
}
