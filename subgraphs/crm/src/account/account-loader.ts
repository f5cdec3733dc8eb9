import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import DataLoader from 'dataloader';
import { Account } from './account.ts';

export type AccountLoader = DataLoader<string, Account | null>;

/** Accounts by id for one request, null where there is none. */
export function accountLoader(database: Database): AccountLoader {
  return new DataLoader(async (ids) => {
    const found = await findAccounts(database, ids);
    return ids.map((id) => found.get(id) ?? null);
  });
}

const patience = 1_500; // 1.5 seconds
const pause = 50;

/**
 * Accounts that another subgraph speaks of. An account is opened here by the first move of its first order, which may
 * still be on its way: what is missing is awaited for 1.5 s.
 */
export function spokenOfLoader(database: Database): AccountLoader {
  return new DataLoader(async (ids) => {
    const found = await findAccounts(database, ids);
    const deadline = performance.now() + patience;
    for (;;) {
      const missing = ids.filter((id) => !found.has(id));
      if (missing.length === 0 || performance.now() > deadline) break;
      await delay(pause);
      for (const [id, account] of await findAccounts(database, missing)) found.set(id, account);
    }
    return ids.map((id) => found.get(id) ?? null);
  });
}

async function findAccounts(database: Database, ids: readonly string[]): Promise<Map<string, Account>> {
  // A client may ask for any text, also for one that no column can hold.
  const possible = ids.filter((id) => !id.includes('\0'));
  const accounts = await readRecords<Account>(database, Account, { id: { $in: possible } });
  return new Map(accounts.map((account) => [account.id, account]));
}
