import type { Database } from '@alexandrite/database';
import type { PageRequest } from '@alexandrite/subgraph/connection';
import { type DeadLetterAction, DeadLetterRecord, type DeadLetterState } from './dead-letter.ts';

export interface DeadLetterFilter {
  durable: string | null;
  state: DeadLetterState;
}

/** A page of letters, the latest first. */
export function listDeadLetters(
  database: Database,
  { durable, state }: DeadLetterFilter,
  page: Pick<PageRequest, 'after' | 'limit'>,
): Promise<DeadLetterRecord[]> {
  const query = database.em().createQueryBuilder(DeadLetterRecord, 'd').select('*').where({ state });
  if (durable !== null) query.andWhere({ durable });
  if (page.after) query.andWhere({ id: { $lt: Number(page.after[0]) } });
  return query.orderBy({ id: 'desc' }).limit(page.limit).execute<DeadLetterRecord[]>();
}

/** What was done about a letter, first things first. */
export function readActions(database: Database, letterId: number): Promise<DeadLetterAction[]> {
  return database
    .em()
    .execute<DeadLetterAction[]>(
      'select action, by, at, why, outcome from dead_letter_actions where letter_id = ? order by id',
      [letterId],
    );
}
