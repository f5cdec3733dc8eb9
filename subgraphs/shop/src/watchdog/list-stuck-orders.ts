import type { Database } from '@alexandrite/database';
import type { Hop } from '@alexandrite/schema/questions';
import type { CursorKey, CursorShape, PageRequest } from '@alexandrite/subgraph/connection';
import { StuckOrder } from './stuck-order.ts';

export const stuckCursor: CursorShape = ['instant', 'uuid'];

export function stuckKey({ since, orderId }: StuckOrder): CursorKey {
  return [since.toISOString(), orderId];
}

/** A page of what stands still, longest first. */
export function listStuckOrders(
  database: Database,
  hop: Hop | null,
  page: PageRequest,
): Promise<StuckOrder[]> {
  const query = database.em().createQueryBuilder(StuckOrder, 's').select('*');
  if (hop) query.andWhere({ hop });
  if (page.after) query.andWhere('(s.since, s.order_id) > (?::timestamptz, ?::uuid)', [...page.after]);
  return query
    .orderBy([{ since: 'asc' }, { orderId: 'asc' }])
    .limit(page.limit)
    .execute<StuckOrder[]>();
}

export async function countStuckOrders(database: Database): Promise<number> {
  const [row] = await database
    .em()
    .execute<{ count: number }[]>('select count(*)::int as count from stuck_orders');
  return row?.count ?? 0;
}
