import type { Database } from './database.ts';

/** How many statements `work` sends: for tests that a list costs the same however long it is. */
export async function countStatements(database: Database, work: () => Promise<unknown>): Promise<number> {
  const before = database.statements;
  await work();
  return database.statements - before;
}
