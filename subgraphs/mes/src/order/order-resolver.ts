import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { MesContext } from '../mes-context.ts';
import { priceOf, pricingOf } from '../pricing/pricing-resolver.ts';
import { maySeeAccount, maySeeFloor } from './visible.ts';

export const orderResolvers = {
  Order: {
    __resolveReference: async ({ id }: { id: string }, context: MesContext) => {
      const order = await context.orders.load(id);
      return order && maySeeAccount(context.viewer, order.accountId) ? order : null;
    },
    price: (order: OrderRecord, _: unknown, context: MesContext) => priceOf(order, context),
    pricing: (order: OrderRecord, _: unknown, context: MesContext) => pricingOf(order, context),
    workOrder: (order: OrderRecord, _: unknown, context: MesContext) =>
      maySeeFloor(context.viewer) ? context.workOrders.load(order.id) : null,
    operator: async (order: OrderRecord, _: unknown, context: MesContext) => {
      const operatorId = (await context.workOrders.load(order.id))?.operatorId ?? null;
      return operatorId === null ? null : context.operators.load(operatorId);
    },
    trackingNumber: async (order: OrderRecord, _: unknown, context: MesContext) =>
      (await context.workOrders.load(order.id))?.trackingNumber ?? null,
  },
};
