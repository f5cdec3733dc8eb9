import type { Database, Tx } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import { isUuid } from '@alexandrite/database/uuid';
import { LockMode } from '@mikro-orm/core';
import { OrderRecord } from './order-record.ts';

/** The order as it is now, detached; null where there is none. */
export async function readOrder(database: Database, id: string): Promise<OrderRecord | null> {
  const [order] = await readOrders(database, [id]);
  return order ?? null;
}

/** Detached, in no order; what is no UUID finds nothing. */
export async function readOrders(database: Database, ids: readonly string[]): Promise<OrderRecord[]> {
  const uuids = ids.filter(isUuid);
  if (uuids.length === 0) return [];
  return readRecords<OrderRecord>(database, OrderRecord, { id: { $in: uuids } });
}

/** The order, locked until the transaction ends: whoever else wants to move it waits. */
export function lockOrder(tx: Tx, id: string): Promise<OrderRecord | null> {
  return tx.findOne(OrderRecord, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}
