import { dashboardResolvers } from './dashboard/dashboard-resolver.ts';
import { deadLetterResolvers } from './dead-letter/dead-letter-resolver.ts';
import { operatorResolvers } from './operator/operator-resolver.ts';
import { orderResolvers } from './order/order-resolver.ts';
import { priceResolvers } from './pricing/price-resolver.ts';
import { pricingResolvers } from './pricing/pricing-resolver.ts';
import { workOrderResolvers } from './work-order/work-order-resolver.ts';

/** Everything `schema/mes.graphql` asks for, from the folders that know it. */
export const resolvers = {
  Query: {
    ...pricingResolvers.Query,
    ...workOrderResolvers.Query,
    ...dashboardResolvers.Query,
    ...deadLetterResolvers.Query,
  },
  Mutation: { ...workOrderResolvers.Mutation, ...deadLetterResolvers.Mutation },
  ...orderResolvers,
  ...priceResolvers,
  ...operatorResolvers,
  Pricing: pricingResolvers.Pricing,
  OrderPrice: pricingResolvers.OrderPrice,
  WorkOrder: workOrderResolvers.WorkOrder,
  Dashboard: dashboardResolvers.Dashboard,
  DeadLetter: deadLetterResolvers.DeadLetter,
  DeadLetterResult: deadLetterResolvers.DeadLetterResult,
};
