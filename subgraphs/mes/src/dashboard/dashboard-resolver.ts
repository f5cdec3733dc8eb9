import { ORDER_STATUSES } from '@alexandrite/schema/order-status';
import type { MesContext } from '../mes-context.ts';
import { maySeeFloor } from '../order/visible.ts';
import { type DashboardFacts, dashboardId } from './dashboard.ts';

export const dashboardResolvers = {
  Query: {
    dashboard: (_: unknown, _args: unknown, context: MesContext) => readFor(context),
  },
  Dashboard: {
    __resolveReference: ({ id }: { id: string }, context: MesContext) =>
      id === dashboardId ? readFor(context) : null,
    id: () => dashboardId,
    ordersByStatus: ({ ordersByStatus }: DashboardFacts) =>
      ORDER_STATUSES.map((status) => ({ status, count: ordersByStatus[status] ?? 0 })),
    oldestWaiting: ({ oldestWaiting }: DashboardFacts, _: unknown, context: MesContext) =>
      oldestWaiting && context.workOrders.load(oldestWaiting.id),
    // ages go on growing while nothing happens
    oldestWaitingSeconds: ({ oldestWaiting }: DashboardFacts) => secondsSince(oldestWaiting?.since ?? null),
    queues: ({ queues }: DashboardFacts) =>
      queues.map(({ channel, waiting, inProgress, oldestAt }) => ({
        name: channel,
        waiting,
        inProgress,
        oldestSeconds: secondsSince(oldestAt),
      })),
    pricingP50Seconds: ({ pricingP50 }: DashboardFacts) => pricingP50,
    pricingP95Seconds: ({ pricingP95 }: DashboardFacts) => pricingP95,
    asOf: ({ asOf }: DashboardFacts) => new Date(asOf),
  },
};

async function readFor(context: MesContext): Promise<DashboardFacts | null> {
  return maySeeFloor(context.viewer) ? context.board.read() : null;
}

function secondsSince(instant: number | null): number | null {
  return instant === null ? null : Math.max(0, (Date.now() - instant) / 1_000);
}
