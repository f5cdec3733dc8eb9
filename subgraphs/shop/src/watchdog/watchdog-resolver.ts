import { isStaff, type Viewer } from '@alexandrite/auth/viewer';
import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Channel } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import type { Hop } from '@alexandrite/schema/questions';
import type { Resolvers } from '@alexandrite/subgraph';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import { connection, pageRequest } from '@alexandrite/subgraph/connection';
import type { ShopContext } from '../context.ts';
import { countStuckOrders, listStuckOrders, stuckCursor, stuckKey } from './list-stuck-orders.ts';
import { readStatusLimits, setStatusLimit } from './status-limits.ts';
import type { StuckOrder } from './stuck-order.ts';

/** Those on duty. */
function isOnDuty(viewer: Viewer | null): viewer is Viewer {
  return viewer?.role === 'operator' || viewer?.role === 'admin';
}

interface LimitInput {
  status: OrderStatus;
  channel: Channel;
  seconds?: number | null;
}

export const watchdogResolvers = {
  Query: {
    stuckOrders: async (
      _: unknown,
      args: { first?: number; after?: string; hop?: Hop | null },
      { viewer, shop }: ShopContext,
    ) => {
      if (!isOnDuty(viewer)) return null;
      const page = pageRequest(args, stuckCursor);
      return connection(await listStuckOrders(shop.database, args.hop ?? null, page), page, stuckKey);
    },
    statusLimits: (_: unknown, _args: unknown, { viewer, shop }: ShopContext) =>
      isOnDuty(viewer) ? readStatusLimits(shop.database) : null,
  },
  Mutation: {
    setStatusLimit: async (_: unknown, limit: LimitInput, { viewer, shop, log }: ShopContext) => {
      if (!viewer) throw new CodedError('UNAUTHENTICATED', 'sign in first');
      if (viewer.role !== 'admin') throw new CodedError('FORBIDDEN', 'only administrators set limits');
      const { status, channel, seconds = null } = limit;
      await setStatusLimit(shop.database, { status, channel, seconds }, viewer.sub);
      log.info({ ...limit, by: viewer.sub }, 'the time that an order may stand in a status is another');
      return readStatusLimits(shop.database);
    },
  },
  Order: {
    waitingFor: (order: OrderRecord, _: unknown, { viewer, stuckOrders }: ShopContext) =>
      viewer && isStaff(viewer) ? stuckOrders.load(order.id) : null,
  },
  WaitingFor: {
    since: ({ waitingSince }: StuckOrder) => waitingSince,
  },
  StuckOrderConnection: {
    totalCount: (_: unknown, _args: unknown, { shop }: ShopContext) => countStuckOrders(shop.database),
  },
  StuckOrder: {
    order: ({ orderId }: StuckOrder, _: unknown, { orders }: ShopContext) => orders.load(orderId),
    overSeconds: ({ since, limitSeconds }: StuckOrder) =>
      (Date.now() - since.getTime()) / 1_000 - limitSeconds,
    waitingFor: (stuck: StuckOrder) => stuck,
  },
  Dashboard: {
    __resolveReference: (reference: { id: string }, { viewer }: ShopContext) =>
      viewer && isStaff(viewer) && reference.id === 'main' ? reference : null,
    stuckOrders: (_: unknown, _args: unknown, { shop }: ShopContext) => countStuckOrders(shop.database),
  },
} satisfies Resolvers;
