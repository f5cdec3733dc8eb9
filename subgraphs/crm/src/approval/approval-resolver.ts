import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Resolvers } from '@alexandrite/subgraph';
import { connection, pageRequest } from '@alexandrite/subgraph/connection';
import type { CrmContext } from '../context.ts';
import { acceptPrice } from './accept-price.ts';
import type { Approval } from './approval.ts';
import { queueCursor, queueKey, readQueue } from './approval-queue.ts';
import { approveOrder } from './approve-order.ts';
import { closeOrder } from './close-order.ts';
import { rejectPrice } from './reject-price.ts';
import { maySee, maySell } from './who-may.ts';

interface OfOrder {
  id: string;
}

export const approvalResolvers = {
  Query: {
    approvalQueue: async (_: unknown, args: { first?: number; after?: string }, context: CrmContext) => {
      if (context.viewer === null || !maySell(context.viewer)) return null;
      const page = pageRequest(args, queueCursor);
      const approvals = await readQueue(context.database.em(), page);
      for (const approval of approvals) context.approvals.prime(approval.orderId, approval);
      return connection(approvals, page, queueKey);
    },
  },
  Mutation: {
    acceptPrice: (_: unknown, { id }: OfOrder, context: CrmContext) => acceptPrice(context, id),
    rejectPrice: (_: unknown, { id, reason }: OfOrder & { reason?: string | null }, context: CrmContext) =>
      rejectPrice(context, id, reason ?? null),
    approveOrder: (_: unknown, { id }: OfOrder, context: CrmContext) => approveOrder(context, id),
    closeOrder: (_: unknown, { id }: OfOrder, context: CrmContext) => closeOrder(context, id),
  },
  Order: {
    __resolveReference: async ({ id }: OfOrder, { orders, viewer }: CrmContext) => {
      const order = await orders.load(id);
      return order && maySee(viewer, order) ? order : null;
    },
    approval: (order: OrderRecord, _: unknown, { approvals }: CrmContext) => approvals.load(order.id),
  },
  Approval: {
    order: (approval: Approval, _: unknown, { orders }: CrmContext) => orders.load(approval.orderId),
  },
} satisfies Resolvers;
