import type { Database } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import DataLoader from 'dataloader';
import { StuckOrder } from './stuck-order.ts';

/** What the watchdog has found, by the orders' ids; null where it has nothing to say. */
export function stuckOrderLoader(database: Database): DataLoader<string, StuckOrder | null> {
  return new DataLoader(async (orderIds) => {
    const found = await readRecords<StuckOrder>(database, StuckOrder, { orderId: { $in: [...orderIds] } });
    const byOrder = new Map(found.map((stuck) => [stuck.orderId, stuck]));
    return orderIds.map((id) => byOrder.get(id) ?? null);
  });
}
