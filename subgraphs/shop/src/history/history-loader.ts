import type { Database } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import DataLoader from 'dataloader';
import { OrderMove } from './order-move.ts';

/** The moves of orders by order id, oldest first. */
export function historyLoader(database: Database): DataLoader<string, OrderMove[]> {
  return new DataLoader(async (orderIds) => {
    const moves = await readRecords<OrderMove>(
      database,
      OrderMove,
      { orderId: { $in: [...orderIds] } },
      { orderId: 'asc', version: 'asc' },
    );
    const byOrder = Map.groupBy(moves, ({ orderId }) => orderId);
    return orderIds.map((id) => byOrder.get(id) ?? []);
  });
}
