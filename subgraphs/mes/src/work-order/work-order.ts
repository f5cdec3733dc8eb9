import type { OrderStatus } from '@alexandrite/schema/order-status';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** The floor's side of an order, from its approval on. Follows the order's moves (`afterMove`). */
export const WorkOrder = defineEntity({
  name: 'WorkOrder',
  tableName: 'work_orders',
  properties: {
    /** The order's id. */
    id: p.uuid().primary(),
    status: p.text().$type<OrderStatus>(),
    /** Who has taken it, or made it. */
    operatorId: p.text().strictNullable(),
    /** When the order was approved. */
    createdAt: p.datetime(3),
    /** Since when it waits for an operator; null when it does not. */
    waitingSince: p.datetime(3).strictNullable(),
    takenAt: p.datetime(3).strictNullable(),
    completedAt: p.datetime(3).strictNullable(),
    packedAt: p.datetime(3).strictNullable(),
    shippedAt: p.datetime(3).strictNullable(),
    trackingNumber: p.text().strictNullable(),
    promisedAt: p.datetime(3).strictNullable(),
  },
});

export type WorkOrder = InferEntity<typeof WorkOrder>;

/** What the work queue shows without a `status`: what waits, is made or is packed. */
export const ON_THE_FLOOR = [
  'MANUFACTURING_APPROVED',
  'MANUFACTURING_STARTED',
  'MANUFACTURING_COMPLETED',
  'PACKAGING',
  'REWORK',
] as const satisfies readonly OrderStatus[];

/** Nobody works on these, and anybody may take them. */
export const WAITING = ['MANUFACTURING_APPROVED', 'REWORK'] as const satisfies readonly OrderStatus[];

/** Somebody has taken these and not yet shipped them. */
export const IN_HAND = [
  'MANUFACTURING_STARTED',
  'MANUFACTURING_COMPLETED',
  'PACKAGING',
] as const satisfies readonly OrderStatus[];
