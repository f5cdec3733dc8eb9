import type { EntityManager } from '@mikro-orm/postgresql';
import { Account } from './account.ts';

/** Opens accounts that are not there yet, named by their id until somebody names them; those that are stay as they are. */
export async function openAccounts(
  em: EntityManager,
  ...accounts: (Pick<Account, 'id' | 'kind'> & { name?: string; createdAt?: Date })[]
): Promise<void> {
  const rows = accounts.map(({ id, kind, name = id, createdAt = new Date() }) => ({
    id,
    kind,
    name,
    createdAt,
  }));
  await em.createQueryBuilder(Account).insert(rows).onConflict('id').ignore().execute();
}
