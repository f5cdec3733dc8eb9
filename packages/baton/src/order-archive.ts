import { isFinal, ORDER_STATUSES, type OrderStatus } from '@alexandrite/schema/order-status';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { OrderRecord } from './order-record.ts';

/** After which an order never moves again. */
export const finalStatuses: readonly OrderStatus[] = ORDER_STATUSES.filter(isFinal);

/** Word for word the predicate of the index, so that what is to be archived is found by it. */
export const isFinalSql = `status in (${finalStatuses.map((status) => `'${status}'`).join(', ')})`;

/**
 * Where orders go that are over: one partition for each month in which they were made. An order's id begins with its time
 * (UUIDv7), so the month is a range of ids, and a look for an id goes to one partition. What has no such id, or came before
 * its partition, goes to the rest. A later migration that changes `orders` changes both tables and makes the view anew.
 */
export const orderArchiveSql = `
create table orders_archive (like orders) partition by range (id);
alter table orders_archive add primary key (id);
create table orders_archive_rest partition of orders_archive default;
create index orders_to_archive on orders (moved_at) where ${isFinalSql};
create view all_orders as select * from orders union all select * from orders_archive;`;

type Archived = Record<'movedAt' | 'createdAt', string> &
  Record<'submittedAt' | 'promisedAt', string | null> &
  Omit<OrderRecord, 'movedAt' | 'createdAt' | 'submittedAt' | 'promisedAt'>;

/** Those of the orders that were archived, as plain records. The ids are UUIDs. */
export async function readArchived(em: EntityManager, ids: readonly string[]): Promise<OrderRecord[]> {
  if (ids.length === 0) return [];
  const rows = await em.execute<Archived[]>(
    `select id, number, account_id as "accountId", channel, status, version, holder, held_from as "heldFrom",
            moved_at as "movedAt", quantity, alloy, finish, model_id as "modelId", filename,
            model_sha256 as "modelSha256", created_at as "createdAt", submitted_at as "submittedAt",
            promised_at as "promisedAt"
       from orders_archive where id = any(?::uuid[])`,
    [`{${ids.join(',')}}`],
  );
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  return rows.map((row) => ({
    ...row,
    movedAt: new Date(row.movedAt),
    createdAt: new Date(row.createdAt),
    submittedAt: instant(row.submittedAt),
    promisedAt: instant(row.promisedAt),
  })) as OrderRecord[];
}
