import type { OrderStatus } from '@alexandrite/schema/order-status';

/** Where an order stands, as a refusal says it. */
export const standing: Readonly<Record<OrderStatus, string>> = {
  INITIATED: 'The order waits for its model file.',
  FILE_UPLOADED: 'The order has not been submitted.',
  SUBMITTED: 'The order waits for its price.',
  PRICE_CALCULATED: 'The order waits for a decision on its price.',
  MANUFACTURING_APPROVED: 'The order waits for an operator.',
  MANUFACTURING_STARTED: 'The order is being made.',
  MANUFACTURING_COMPLETED: 'The order has been made and waits to be packed.',
  PACKAGING: 'The order is being packed.',
  SHIPPED: 'The order is on its way.',
  CLOSED: 'The order is closed.',
  PRICE_FAILED: 'The price of the order could not be calculated.',
  PRICE_REJECTED: 'The price of the order was rejected.',
  ON_HOLD: 'The order is on hold.',
  REWORK: 'The order is to be made again.',
  CANCELLED: 'The order is cancelled.',
};
