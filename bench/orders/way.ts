import type { Tx } from '@alexandrite/database';
import type { OrderMoved } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';

/** What follows each status on an order's way to its end. */
export const nextStatus: Partial<Record<OrderStatus, OrderStatus>> = {
  INITIATED: 'FILE_UPLOADED',
  FILE_UPLOADED: 'SUBMITTED',
  SUBMITTED: 'PRICE_CALCULATED',
  PRICE_CALCULATED: 'MANUFACTURING_APPROVED',
  MANUFACTURING_APPROVED: 'MANUFACTURING_STARTED',
  MANUFACTURING_STARTED: 'MANUFACTURING_COMPLETED',
  MANUFACTURING_COMPLETED: 'PACKAGING',
  PACKAGING: 'SHIPPED',
  SHIPPED: 'CLOSED',
};

/** With INITIATED. */
export const movesPerOrder = Object.keys(nextStatus).length + 1;

/** What a service keeps of its own about a move, in the move's transaction. */
export const historyTableSql = `
create table history (order_id uuid, version integer, status text, at timestamptz, primary key (order_id, version));`;

export async function writeHistory(tx: Tx, { order, version, to, at }: OrderMoved): Promise<void> {
  await tx.execute('insert into history values (?, ?, ?, ?)', [order.id, version, to, at]);
}
