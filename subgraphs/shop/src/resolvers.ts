import type { Resolvers } from '@alexandrite/subgraph';
import { catalogueResolvers } from './catalogue/catalogue-resolver.ts';
import { historyResolvers } from './history/history-resolver.ts';
import { modelResolvers } from './model/model-resolver.ts';
import { orderResolvers } from './order/order-resolver.ts';
import { promiseResolvers } from './promise/promise-resolver.ts';
import { reconcilerResolvers } from './reconciler/reconciler-resolver.ts';
import { uploadResolvers } from './upload/upload-resolver.ts';
import { watchdogResolvers } from './watchdog/watchdog-resolver.ts';

/** Everything `schema/shop.graphql` asks for, from the folders that know it. */
export const resolvers: Resolvers = {
  Query: {
    ...orderResolvers.Query,
    ...modelResolvers.Query,
    ...historyResolvers.Query,
    ...catalogueResolvers.Query,
    ...watchdogResolvers.Query,
    ...reconcilerResolvers.Query,
  },
  Mutation: {
    ...orderResolvers.Mutation,
    ...uploadResolvers.Mutation,
    ...watchdogResolvers.Mutation,
    ...reconcilerResolvers.Mutation,
  },
  Order: {
    ...orderResolvers.Order,
    ...modelResolvers.Order,
    ...historyResolvers.Order,
    ...watchdogResolvers.Order,
    ...promiseResolvers.Order,
  },
  OrderMove: historyResolvers.OrderMove,
  Model: modelResolvers.Model,
  CatalogueItem: catalogueResolvers.CatalogueItem,
  WaitingFor: watchdogResolvers.WaitingFor,
  StuckOrder: watchdogResolvers.StuckOrder,
  StuckOrderConnection: watchdogResolvers.StuckOrderConnection,
  Dashboard: { ...watchdogResolvers.Dashboard, ...promiseResolvers.Dashboard },
  Reconciliation: reconcilerResolvers.Reconciliation,
  Divergence: reconcilerResolvers.Divergence,
};
