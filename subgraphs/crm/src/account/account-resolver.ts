import { isStaff } from '@alexandrite/auth/viewer';
import type { Resolvers } from '@alexandrite/subgraph';
import type { CrmContext } from '../context.ts';
import type { Account } from './account.ts';

export const accountResolvers = {
  Query: {
    account: (_: unknown, { id }: { id: string }, context: CrmContext) =>
      visible(id, context, () => context.accounts.load(id)),
  },
  Account: {
    __resolveReference: ({ id }: { id: string }, context: CrmContext) =>
      visible(id, context, () => context.accountsSpokenOf.load(id)),
  },
} satisfies Resolvers;

/** One's own account, or any for those who work here; null for everybody else. */
async function visible(
  id: string,
  { viewer, ownAccount }: CrmContext,
  load: () => Promise<Account | null>,
): Promise<Account | null> {
  if (viewer === null) return null;
  if (isStaff(viewer)) return load();
  return viewer.sub === id ? ownAccount() : null;
}
