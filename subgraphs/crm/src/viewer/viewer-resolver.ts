import { isStaff } from '@alexandrite/auth/viewer';
import type { Resolvers } from '@alexandrite/subgraph';
import type { CrmContext } from '../context.ts';
import { personOf } from './enter-people.ts';

export const viewerResolvers = {
  Query: {
    me: async (_: unknown, _args: unknown, { viewer, database, ownAccount }: CrmContext) => {
      if (viewer === null) return null;
      const account = isStaff(viewer) ? null : await ownAccount();
      const { name } = account ?? (await personOf(database.em(), viewer.sub));
      return { id: viewer.sub, role: viewer.role.toUpperCase(), name, account };
    },
  },
} satisfies Resolvers;
