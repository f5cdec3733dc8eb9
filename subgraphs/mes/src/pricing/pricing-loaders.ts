import type { Database } from '@alexandrite/database';
import DataLoader from 'dataloader';
import { inOrder } from '../in-order.ts';
import { Price } from './price.ts';
import { Pricing } from './pricing.ts';
import { type InTheQueue, secondsToPrice } from './time-to-price.ts';
import { WallMap } from './wall-map.ts';

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

/** By the hash of the map. */
export function wallMapLoader(database: Database) {
  return new DataLoader<string, WallMap | null>(async (hashes) => {
    const rows = await database.em().find(WallMap, { sha256: { $in: [...hashes] } }, fresh);
    return inOrder(hashes, rows, ({ sha256 }) => sha256);
  });
}

/** Where an order waits in the queue of its channel. */
export interface QueuePlace {
  /** 1 is next; first come is first served. */
  place: number;
  /** About so long until its price; null where that is not known. */
  seconds: number | null;
}

export function queuePlaceLoader(database: Database) {
  return new DataLoader<string, QueuePlace | null>(async (orderIds) => {
    const rows = await database.em().execute<({ orderId: string } & InTheQueue)[]>(
      `with measured as materialized (
         -- an order that was held, or whose engine died, says nothing about models: no model is measured for a minute
         select avg(least(60, extract(epoch from lately.finished_at - lately.started_at)))::float8 as mean from (
           select finished_at, started_at from pricings
           where stage = 'CALCULATED' and started_at is not null order by finished_at desc limit 50
         ) lately
       ), under_way as materialized (
         select count(*)::int as busy from pricings where stage in ('ESTIMATED', 'CALCULATING')
       )
       select own.order_id as "orderId", own.channel, (
         select count(*)::int + 1 from pricings ahead
         where ahead.stage = 'QUEUED' and ahead.channel = own.channel
           and (ahead.requested_at, ahead.order_id) < (own.requested_at, own.order_id)
       ) as place, (
         select count(*)::int from pricings other where other.stage = 'QUEUED' and other.channel <> own.channel
       ) as others, under_way.busy, measured.mean as "meanSeconds"
       from pricings own cross join measured cross join under_way
       where own.stage = 'QUEUED' and own.order_id = any(?::uuid[])`,
      [`{${orderIds.join(',')}}`],
    );
    return orderIds.map((id) => {
      const row = rows.find(({ orderId }) => orderId === id);
      return row ? { place: row.place, seconds: secondsToPrice(row) } : null;
    });
  });
}
