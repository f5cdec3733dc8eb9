import type { CursorKey } from '@alexandrite/subgraph/connection';
import type { EntityManager } from '@mikro-orm/postgresql';
import { behind, type QueueEntry } from './read-work-queue.ts';
import { IN_HAND } from './work-order.ts';

/** One page of what an operator has in hand, newest first. Few rows, of one person: not worth a cache. */
export async function readMyWork(
  em: EntityManager,
  operatorId: string,
  after: CursorKey | null,
  limit: number,
): Promise<QueueEntry[]> {
  const { sql, params } = myWorkStatement(operatorId, after, limit);
  const rows = await em.execute<{ ms: number; id: string }[]>(sql, params);
  return rows.map(({ ms, id }) => [ms, id]);
}

/** For the test that looks at its plan, too: the statuses stand in the text as in the index's predicate. */
export function myWorkStatement(operatorId: string, after: CursorKey | null, limit: number) {
  const inHand = IN_HAND.map((each) => `'${each}'`).join(', ');
  const params: (string | number)[] = [operatorId];
  if (after) params.push(...behind(after));
  return {
    sql: `select (extract(epoch from created_at) * 1000)::float8 as ms, id from work_orders
      where operator_id = ? and status in (${inHand})
      ${after ? 'and (created_at, id) < (?::timestamptz, ?::uuid)' : ''}
      order by created_at desc, id desc limit ?`,
    params: [...params, limit],
  };
}
