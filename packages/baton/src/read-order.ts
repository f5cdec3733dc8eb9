import type { Database, Tx } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import { isUuid } from '@alexandrite/database/uuid';
import { LockMode } from '@mikro-orm/core';
import { readArchived } from './order-archive.ts';
import { OrderRecord } from './order-record.ts';

/** The order as it is now, detached; null where there is none. */
export async function readOrder(database: Database, id: string): Promise<OrderRecord | null> {
  const [order] = await readOrders(database, [id]);
  return order ?? null;
}

/** Detached, in no order, archived ones, too; what is no UUID finds nothing. */
export async function readOrders(database: Database, ids: readonly string[]): Promise<OrderRecord[]> {
  const uuids = [...new Set(ids.filter(isUuid))];
  if (uuids.length === 0) return [];
  const orders = await readRecords<OrderRecord>(database, OrderRecord, { id: { $in: uuids } });
  if (orders.length === uuids.length) return orders;
  const known = new Set(orders.map(({ id }) => id));
  const missing = uuids.filter((id) => !known.has(id));
  return [...orders, ...(await readArchived(database.em(), missing))];
}

/** The order if it is archived: over, and never to be changed. */
export async function findArchived(tx: Tx, id: string): Promise<OrderRecord | null> {
  const [order] = await readArchived(tx, [id]);
  return order ?? null;
}

/** The order, locked until the transaction ends: whoever else wants to move it waits. */
export function lockOrder(tx: Tx, id: string): Promise<OrderRecord | null> {
  return tx.findOne(OrderRecord, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}
