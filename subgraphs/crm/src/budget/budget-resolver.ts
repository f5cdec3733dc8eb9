import type { Resolvers } from '@alexandrite/subgraph';
import type { CrmContext } from '../context.ts';

export const budgetResolvers = {
  Query: {
    /** The gateway keeps the points and says with every request how many there are. */
    budget: (_: unknown, _args: unknown, { budget }: CrmContext) => budget,
  },
} satisfies Resolvers;
