import type { Resolvers } from '@alexandrite/subgraph';
import { accountResolvers } from './account/account-resolver.ts';
import { approvalResolvers } from './approval/approval-resolver.ts';
import { budgetResolvers } from './budget/budget-resolver.ts';
import { viewerResolvers } from './viewer/viewer-resolver.ts';
import { webhookResolvers } from './webhook/webhook-resolver.ts';

/** Everything `schema/crm.graphql` asks for, from the folders that know it. */
export const resolvers: Resolvers = {
  Query: {
    ...viewerResolvers.Query,
    ...budgetResolvers.Query,
    ...accountResolvers.Query,
    ...approvalResolvers.Query,
    ...webhookResolvers.Query,
  },
  Mutation: { ...approvalResolvers.Mutation, ...webhookResolvers.Mutation },
  Account: accountResolvers.Account,
  Order: approvalResolvers.Order,
  Approval: approvalResolvers.Approval,
  Webhook: webhookResolvers.Webhook,
  WebhookDelivery: webhookResolvers.WebhookDelivery,
};
