import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Channel } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import type { CursorKey, CursorShape, PageRequest } from '@alexandrite/subgraph/connection';
import type { EntityManager } from '@mikro-orm/postgresql';
import { readOrderNumber } from './order-number.ts';

export interface OrderFilter {
  status?: OrderStatus[] | null;
  channel?: Channel | null;
  number?: string | null;
}

export const orderCursor: CursorShape = ['instant', 'uuid'];

export function orderKey(order: OrderRecord): CursorKey {
  return [order.createdAt.toISOString(), order.id];
}

/** The ids of a page of orders, newest first: an account's, or everybody's (`accountId` null). One statement. */
export async function listOrderIds(
  em: EntityManager,
  accountId: string | null,
  filter: OrderFilter,
  page: PageRequest,
): Promise<string[]> {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const where = (condition: string, ...parameters: unknown[]) => {
    conditions.push(condition);
    values.push(...parameters);
  };
  if (accountId !== null) where('account_id = ?', accountId);
  if (filter.channel) where('channel = ?', filter.channel);
  if (filter.number != null) {
    const number = readOrderNumber(filter.number);
    if (number === null) return [];
    where('number = ?', number);
  }
  if (page.after) where('(created_at, id) < (?::timestamptz, ?::uuid)', ...page.after);

  const statuses = [...new Set(filter.status ?? [])];
  const rows =
    statuses.length === 0
      ? await em.execute<{ id: string }[]>(newest(conditions, page.limit), values)
      : // Each status by its own index: a rare one is not looked for through all orders.
        await em.execute<{ id: string }[]>(
          `select o.id from unnest(array[?]::text[]) as wanted (status)
             cross join lateral (${newest(['orders.status = wanted.status', ...conditions], page.limit)}) as o
            order by o.created_at desc, o.id desc limit ${page.limit}`,
          [statuses, ...values],
        );
  return rows.map(({ id }) => id);
}

function newest(conditions: string[], limit: number): string {
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  return `select id, created_at from all_orders as orders ${where} order by created_at desc, id desc limit ${limit}`;
}
