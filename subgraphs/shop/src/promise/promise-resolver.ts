import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Resolvers } from '@alexandrite/subgraph';
import type { ShopContext } from '../context.ts';
import { countLate } from './count-late.ts';
import { estimateDelivery } from './estimate-delivery.ts';
import { timelineOf } from './timeline.ts';

export const promiseResolvers = {
  Order: {
    delivery: async (order: OrderRecord, _: unknown, { shop }: ShopContext) =>
      estimateDelivery(order, await shop.stageClock.times()),
    timeline: async (order: OrderRecord, _: unknown, { shop, history, delays }: ShopContext) => {
      const [moves, waited, times] = await Promise.all([
        history.load(order.id),
        delays.load(order.id),
        shop.stageClock.times(),
      ]);
      return timelineOf(moves, waited, times);
    },
  },
  Dashboard: {
    lateRisk: async (_: unknown, _args: unknown, { shop }: ShopContext) =>
      countLate(shop.database, await shop.stageClock.times()),
  },
} satisfies Resolvers;
