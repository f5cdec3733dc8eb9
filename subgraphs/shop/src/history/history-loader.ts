import type { Database } from '@alexandrite/database';
import DataLoader from 'dataloader';
import { OrderMove } from './order-move.ts';

/** The moves of orders by order id, oldest first. */
export function historyLoader(database: Database): DataLoader<string, OrderMove[]> {
  return new DataLoader(async (orderIds) => {
    const moves = await database
      .em()
      .find(
        OrderMove,
        { orderId: { $in: [...orderIds] } },
        { orderBy: { orderId: 'asc', version: 'asc' }, disableIdentityMap: true },
      );
    const byOrder = Map.groupBy(moves, ({ orderId }) => orderId);
    return orderIds.map((id) => byOrder.get(id) ?? []);
  });
}
