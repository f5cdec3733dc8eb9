import type { OrderRecord } from '@alexandrite/baton/order-record';
import { isRefusal, type Refusal } from '@alexandrite/baton/refusal';
import { isUuid } from '@alexandrite/database/uuid';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import { connection, type PageRequest, pageRequest } from '@alexandrite/subgraph/connection';
import type { MesContext } from '../mes-context.ts';
import { maySeeFloor } from '../order/visible.ts';
import { completeOrder } from './complete-order.ts';
import { packOrder } from './pack-order.ts';
import { readMyWork } from './read-my-work.ts';
import type { QueueEntry } from './read-work-queue.ts';
import { releaseOrder } from './release-order.ts';
import { reworkOrder } from './rework-order.ts';
import { shipOrder } from './ship-order.ts';
import { takeOrder } from './take-order.ts';
import type { WorkOrder } from './work-order.ts';

interface QueueArguments {
  first?: number | null;
  after?: string | null;
  status?: OrderStatus | null;
}

interface OfOrder {
  id: string;
}

export const workOrderResolvers = {
  Query: {
    workQueue: async (_: unknown, args: QueueArguments, context: MesContext) => {
      if (!maySeeFloor(context.viewer)) return null;
      const page = pageRequest(args, ['number', 'string']);
      return pageOf(await context.workQueue.page(args.status ?? null, page), page, context);
    },
    myWork: async (_: unknown, args: QueueArguments, context: MesContext) => {
      const { viewer } = context;
      if (viewer === null || !maySeeFloor(viewer)) return null;
      const page = pageRequest(args, ['number', 'string']);
      return pageOf(
        await readMyWork(context.database.em(), viewer.sub, page.after, page.limit),
        page,
        context,
      );
    },
  },
  Mutation: {
    takeOrder: (_: unknown, { id }: OfOrder, context: MesContext) =>
      answer(id, takeOrder(context.baton, context.viewer, id), context),
    releaseOrder: (_: unknown, { id }: OfOrder, context: MesContext) =>
      answer(id, releaseOrder(context.baton, context.viewer, id), context),
    completeOrder: (_: unknown, { id }: OfOrder, context: MesContext) =>
      answer(id, completeOrder(context.baton, context.viewer, id), context),
    packOrder: (_: unknown, { id }: OfOrder, context: MesContext) =>
      answer(id, packOrder(context.baton, context.viewer, id), context),
    shipOrder: (_: unknown, args: OfOrder & { trackingNumber: string }, context: MesContext) =>
      answer(args.id, shipOrder(context.baton, context.viewer, args.id, args.trackingNumber), context),
    reworkOrder: (_: unknown, args: OfOrder & { reason?: string | null }, context: MesContext) =>
      answer(args.id, reworkOrder(context.baton, context.viewer, args.id, args.reason ?? null), context),
  },
  WorkOrder: {
    __resolveReference: ({ id }: { id: string }, context: MesContext) =>
      maySeeFloor(context.viewer) && isUuid(id) ? context.workOrders.load(id) : null,
    order: ({ id }: WorkOrder, _: unknown, context: MesContext) => context.orders.load(id),
    operator: ({ operatorId }: WorkOrder, _: unknown, context: MesContext) =>
      operatorId === null ? null : context.operators.load(operatorId),
  },
};

async function pageOf(entries: readonly QueueEntry[], page: PageRequest, context: MesContext) {
  const { edges, pageInfo } = connection(entries, page, (entry) => entry);
  const nodes = await context.workOrders.loadMany(edges.map(({ node: [, id] }) => id));
  return { edges: edges.map(({ cursor }, i) => ({ cursor, node: nodes[i] })), nodes, pageInfo };
}

/** A mutation's answer shows the state it made, and whoever reads the queue after it sees it there too. */
async function answer(
  id: string,
  verb: Promise<OrderRecord | Refusal>,
  context: MesContext,
): Promise<OrderRecord | Refusal> {
  const result = await verb;
  if (isRefusal(result)) return result;
  for (const loader of [context.orders, context.workOrders, context.pricings]) loader.clear(id);
  await context.workQueue.settled();
  return result;
}
