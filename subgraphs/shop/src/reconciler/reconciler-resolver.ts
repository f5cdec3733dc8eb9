import { isUuid } from '@alexandrite/database/uuid';
import type { Resolvers } from '@alexandrite/subgraph';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import { connection, pageRequest } from '@alexandrite/subgraph/connection';
import type { ShopContext } from '../context.ts';
import { recentMs } from './reconciler.ts';
import { type KeptDivergence, type Run, readDivergences, readRun, requestRun } from './runs.ts';

export const reconcilerResolvers = {
  Query: {
    reconciliation: (_: unknown, { id = null }: { id?: string | null }, { viewer, shop }: ShopContext) => {
      if (viewer?.role !== 'admin' || (id !== null && !isUuid(id))) return null;
      return readRun(shop.database, id);
    },
  },
  Mutation: {
    reconcile: async (_: unknown, { all }: { all: boolean }, { viewer, shop }: ShopContext) => {
      if (!viewer) throw new CodedError('UNAUTHENTICATED', 'sign in first');
      if (viewer.role !== 'admin')
        throw new CodedError('FORBIDDEN', 'only administrators compare the systems');
      const since = all ? null : new Date(Date.now() - recentMs);
      return requestRun(shop.database, { by: viewer.sub, since });
    },
  },
  Reconciliation: {
    divergences: async (run: Run, args: { first?: number; after?: string }, { shop }: ShopContext) => {
      const page = pageRequest(args, ['uuid', 'string']);
      return connection(await readDivergences(shop.database, run.id, page), page, ({ orderId, system }) => [
        orderId,
        system,
      ]);
    },
  },
  Divergence: {
    order: ({ orderId }: KeptDivergence, _: unknown, { orders }: ShopContext) => orders.load(orderId),
  },
} satisfies Resolvers;
