import type { OrderStatus } from '../client/schema.ts';

/** What a customer sees as the way of an order; several statuses may be one step. */
export const STEPS: readonly (readonly OrderStatus[])[] = [
  ['INITIATED', 'FILE_UPLOADED'],
  ['SUBMITTED', 'PRICE_FAILED'],
  ['PRICE_CALCULATED', 'PRICE_REJECTED'],
  ['MANUFACTURING_APPROVED'],
  ['MANUFACTURING_STARTED', 'MANUFACTURING_COMPLETED', 'REWORK'],
  ['PACKAGING'],
  ['SHIPPED'],
  ['CLOSED'],
];

/** The step of a status; -1 for those that lie beside the way (on hold, cancelled). */
export function stepOf(status: OrderStatus): number {
  return STEPS.findIndex((step) => step.includes(status));
}

const FINAL: readonly OrderStatus[] = ['CLOSED', 'CANCELLED'];

export function isOpen(status: OrderStatus): boolean {
  return !FINAL.includes(status);
}

/** Statuses in which asking for a cancellation makes sense; the platform has the last word. */
export function mayAskToCancel(status: OrderStatus): boolean {
  return isOpen(status) && !['MANUFACTURING_COMPLETED', 'PACKAGING', 'SHIPPED'].includes(status);
}

/** Whether somebody waits for the result of the pricing engine. */
export function isBeingPriced(status: OrderStatus): boolean {
  return status === 'SUBMITTED';
}
