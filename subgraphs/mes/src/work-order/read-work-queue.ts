import { isUuid } from '@alexandrite/database/uuid';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import { type CursorKey, isInstant } from '@alexandrite/subgraph/connection';
import type { EntityManager } from '@mikro-orm/postgresql';
import { ON_THE_FLOOR } from './work-order.ts';

/** Where a work order stands in the queue: when it was approved (milliseconds since 1970), and its id. */
export type QueueEntry = readonly [createdAtMs: number, id: string];

/**
 * One page of the work queue, newest first; without a status, of the whole floor. Two statements, each made for one
 * index: the statuses of the floor stand in the text as they stand in the predicate of theirs.
 */
export async function readWorkQueue(
  em: EntityManager,
  status: OrderStatus | null,
  after: CursorKey | null,
  limit: number,
): Promise<QueueEntry[]> {
  const { sql, params } = workQueueStatement(status, after, limit);
  const rows = await em.execute<{ ms: number; id: string }[]>(sql, params);
  return rows.map(({ ms, id }) => [ms, id]);
}

/** For the test that looks at its plan, too. */
export function workQueueStatement(status: OrderStatus | null, after: CursorKey | null, limit: number) {
  const floor = ON_THE_FLOOR.map((each) => `'${each}'`).join(', ');
  const params: (string | number)[] = status === null ? [] : [status];
  if (after) params.push(...behind(after));
  return {
    sql: `select (extract(epoch from created_at) * 1000)::float8 as ms, id from work_orders
      where ${status === null ? `status in (${floor})` : 'status = ?'}
      ${after ? 'and (created_at, id) < (?::timestamptz, ?::uuid)' : ''}
      order by created_at desc, id desc limit ?`,
    params: [...params, limit],
  };
}

/** The values of a cursor of these lists. Throws `CodedError` `BAD_USER_INPUT`. */
export function behind([ms, id]: CursorKey): [string, string] {
  const date = new Date(Number(ms));
  const at = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  if (!isInstant(at) || typeof id !== 'string' || !isUuid(id)) {
    throw new CodedError('BAD_USER_INPUT', 'after: expected a cursor of this list');
  }
  return [at, id];
}
