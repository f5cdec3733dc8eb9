import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Resolvers } from '@alexandrite/subgraph';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import { connection, pageRequest } from '@alexandrite/subgraph/connection';
import type { ShopContext } from '../context.ts';
import { maySee } from '../customer/who-may.ts';
import { listModels, modelCursor, modelKey } from './list-models.ts';
import type { Model } from './model.ts';

async function visibleModel(_: unknown, { id }: { id: string }, context: ShopContext): Promise<Model | null> {
  const model = await context.models.load(id);
  return model && maySee(context.viewer, model) ? model : null;
}

export const modelResolvers = {
  Query: {
    model: visibleModel,
    models: async (_: unknown, args: { first?: number; after?: string }, context: ShopContext) => {
      if (!context.viewer) throw new CodedError('UNAUTHENTICATED', 'sign in to see your models');
      const page = pageRequest(args, modelCursor);
      const models = await listModels(context.shop.database, context.viewer.sub, page);
      for (const model of models) context.models.prime(model.id, model);
      return connection(models, page, modelKey);
    },
  },
  Order: {
    model: (order: OrderRecord, _: unknown, { models }: ShopContext) => models.load(order.modelId),
  },
  Model: {
    __resolveReference: (reference: { id: string }, context: ShopContext) =>
      visibleModel(undefined, reference, context),
    downloadUrl: (model: Model, _: unknown, { shop }: ShopContext) =>
      model.sha256 ? shop.downloadUrls.of(model.id) : null,
  },
} satisfies Resolvers;
