import { isRefusal, type Refusal } from '@alexandrite/baton/refusal';
import { readRecords } from '@alexandrite/database/read-records';
import { isUuid } from '@alexandrite/database/uuid';
import type { Resolvers } from '@alexandrite/subgraph';
import { connection, pageRequest } from '@alexandrite/subgraph/connection';
import { maySee } from '../approval/who-may.ts';
import type { CrmContext } from '../context.ts';
import type { DeliveryState, WebhookDelivery } from './delivery.ts';
import { deliveryCursor, deliveryKey, listDeliveries } from './list-deliveries.ts';
import { maySeeWebhook } from './own-webhook.ts';
import { registerWebhook, rotateWebhookSecret } from './register-webhook.ts';
import { type ReplayChoice, replayDeliveries } from './replay-deliveries.ts';
import { deleteWebhook, disableWebhook, enableWebhook, testWebhook } from './switch-webhook.ts';
import { Webhook } from './webhook.ts';

interface OfWebhook {
  id: string;
}

interface LogArguments {
  first?: number;
  after?: string;
  state?: DeliveryState | null;
}

type Result = Promise<object>;

export const webhookResolvers = {
  Query: {
    webhooks: async (_: unknown, { accountId }: { accountId?: string | null }, context: CrmContext) => {
      const { viewer, database } = context;
      const whose = accountId ?? viewer?.sub;
      if (whose === undefined || !maySeeWebhook(viewer, { accountId: whose })) return null;
      return readRecords<Webhook>(database, Webhook, { accountId: whose }, { createdAt: 'asc', id: 'asc' });
    },
  },
  Mutation: {
    registerWebhook: (_: unknown, { url }: { url: string }, context: CrmContext): Result =>
      as('WebhookSecret', registerWebhook(context, url)),
    rotateWebhookSecret: (
      _: unknown,
      { id, revokeOld }: OfWebhook & { revokeOld?: boolean | null },
      context: CrmContext,
    ): Result => as('WebhookSecret', rotateWebhookSecret(context, id, { revokeOld: revokeOld ?? false })),
    enableWebhook: (_: unknown, { id }: OfWebhook, context: CrmContext): Result =>
      as('Webhook', enableWebhook(context, id)),
    disableWebhook: (_: unknown, { id }: OfWebhook, context: CrmContext): Result =>
      as('Webhook', disableWebhook(context, id)),
    deleteWebhook: (_: unknown, { id }: OfWebhook, context: CrmContext): Result =>
      as('Webhook', deleteWebhook(context, id)),
    testWebhook: (_: unknown, { id }: OfWebhook, context: CrmContext): Result =>
      as('Webhook', testWebhook(context, id)),
    replayWebhookDeliveries: (
      _: unknown,
      { id, ...choice }: OfWebhook & ReplayChoice,
      context: CrmContext,
    ): Result => as('WebhookReplay', replayDeliveries(context, id, choice)),
  },
  Webhook: {
    __resolveReference: async ({ id }: OfWebhook, { viewer, database }: CrmContext) => {
      if (!isUuid(id)) return null;
      const [webhook] = await readRecords<Webhook>(database, Webhook, { id });
      return webhook && maySeeWebhook(viewer, webhook) ? webhook : null;
    },
    deliveries: async ({ id }: Webhook, { state, ...args }: LogArguments, { database }: CrmContext) => {
      const page = pageRequest(args, deliveryCursor);
      return connection(await listDeliveries(database, id, state ?? null, page), page, deliveryKey);
    },
  },
  WebhookDelivery: {
    payload: ({ payload }: WebhookDelivery) => JSON.stringify(payload),
    nextAttemptAt: ({ state, nextAttemptAt }: WebhookDelivery) =>
      state === 'WAITING' ? nextAttemptAt : null,
    order: async ({ orderId }: WebhookDelivery, _: unknown, { orders, viewer }: CrmContext) => {
      const order = orderId && (await orders.load(orderId));
      return order && maySee(viewer, order) ? order : null;
    },
  },
} satisfies Resolvers;

/** Names the member of the union. */
async function as(typename: string, result: Promise<object | Refusal>): Result {
  const value = await result;
  return isRefusal(value) ? value : { ...value, __typename: typename };
}
