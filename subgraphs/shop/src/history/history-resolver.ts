import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Resolvers } from '@alexandrite/subgraph';
import type { ShopContext } from '../context.ts';
import { maySee } from '../customer/who-may.ts';
import { isoDuration } from './iso-duration.ts';
import type { OrderMove } from './order-move.ts';

export const historyResolvers = {
  Query: {
    orderStatus: async (_: unknown, { orderId }: { orderId: string }, context: ShopContext) => {
      const order = await context.orders.load(orderId);
      if (!order || !maySee(context.viewer, order)) return null;
      const last = (await context.history.load(order.id)).at(-1);
      if (!last) throw new Error(`expected at least one move of order ${order.id}`);
      return {
        order,
        from: last.fromStatus,
        to: last.toStatus,
        version: last.version,
        at: last.at,
        by: last.by,
      };
    },
  },
  Order: {
    history: (order: OrderRecord, _: unknown, { history }: ShopContext) => history.load(order.id),
  },
  OrderMove: {
    from: (move: OrderMove) => move.fromStatus,
    to: (move: OrderMove) => move.toStatus,
    duration: (move: OrderMove) => isoDuration(move.durationMs),
    durationSeconds: (move: OrderMove) => move.durationMs / 1_000,
  },
} satisfies Resolvers;
