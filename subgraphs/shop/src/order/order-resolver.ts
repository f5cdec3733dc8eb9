import { isStaff } from '@alexandrite/auth/viewer';
import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Resolvers } from '@alexandrite/subgraph';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import { connection, pageRequest } from '@alexandrite/subgraph/connection';
import type { GraphQLResolveInfo } from 'graphql';
import type { ShopContext } from '../context.ts';
import { maySee } from '../customer/who-may.ts';
import { cancelOrder } from './cancel-order.ts';
import { type CreateOrderInput, createOrder } from './create-order.ts';
import { holdOrder } from './hold-order.ts';
import { listOrderIds, type OrderFilter, orderCursor, orderKey } from './list-orders.ts';
import { resumeOrder } from './resume-order.ts';
import { submitOrder } from './submit-order.ts';

interface OfOrder {
  id: string;
}

interface ListArguments {
  first?: number;
  after?: string;
  filter?: OrderFilter | null;
}

async function visibleOrder(_: unknown, { id }: OfOrder, context: ShopContext): Promise<OrderRecord | null> {
  const order = await context.orders.load(id);
  return order && maySee(context.viewer, order) ? order : null;
}

export const orderResolvers = {
  Query: {
    order: visibleOrder,
    orders: async (_: unknown, args: ListArguments, { viewer, shop, orders }: ShopContext) => {
      if (!viewer) throw new CodedError('UNAUTHENTICATED', 'sign in to see your orders');
      const page = pageRequest(args, orderCursor);
      const accountId = isStaff(viewer) ? null : viewer.sub;
      const ids = await shop.ownWrites.read(viewer.sub, (em) =>
        listOrderIds(em, accountId, args.filter ?? {}, page),
      );
      // Through the loader, which knows what must not be shown older than somebody has seen it.
      const records = await Promise.all(ids.map((id) => orders.load(id)));
      return connection(
        records.filter((order) => order !== null),
        page,
        orderKey,
      );
    },
  },
  Mutation: {
    createOrder: (_: unknown, { input }: { input: CreateOrderInput }, context: ShopContext) =>
      createOrder(context, input),
    submitOrder: (_: unknown, { id }: OfOrder, context: ShopContext, info: GraphQLResolveInfo) =>
      submitOrder(context, id, info),
    cancelOrder: (_: unknown, { id, reason }: OfOrder & { reason?: string | null }, context: ShopContext) =>
      cancelOrder(context, id, reason),
    holdOrder: (_: unknown, { id, reason }: OfOrder & { reason?: string | null }, context: ShopContext) =>
      holdOrder(context, id, reason),
    resumeOrder: (_: unknown, { id }: OfOrder, context: ShopContext) => resumeOrder(context, id),
  },
  Order: {
    __resolveReference: (reference: OfOrder, context: ShopContext) =>
      visibleOrder(undefined, reference, context),
    account: (order: OrderRecord) => ({ __typename: 'Account', id: order.accountId }),
  },
} satisfies Resolvers;
