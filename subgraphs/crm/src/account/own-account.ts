import type { Viewer } from '@alexandrite/auth/viewer';
import type { Database } from '@alexandrite/database';
import { type Account, kindByRole } from './account.ts';
import type { AccountLoader } from './account-loader.ts';
import { openAccounts } from './open-account.ts';

/** The account of a customer or a partner, opened when it is used for the first time. */
export async function ownAccount(
  database: Database,
  accounts: AccountLoader,
  viewer: Viewer,
): Promise<Account> {
  const known = await accounts.load(viewer.sub);
  if (known) return known;
  await openAccounts(database.em(), { id: viewer.sub, kind: kindByRole(viewer.role) });
  const opened = await accounts.clear(viewer.sub).load(viewer.sub);
  if (!opened) throw new Error(`the account ${viewer.sub} was opened and cannot be read`);
  return opened;
}
