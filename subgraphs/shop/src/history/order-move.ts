import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** One move of an order, by whichever system. */
export const OrderMove = defineEntity({
  name: 'OrderMove',
  tableName: 'order_moves',
  properties: {
    orderId: p.uuid().primary(),
    version: p.integer().primary(),
    /** Null for the first. */
    fromStatus: p.text().$type<OrderStatus>().nullable(),
    toStatus: p.text().$type<OrderStatus>(),
    at: p.datetime(3),
    /** The subject of a token, or the name of a system. */
    by: p.text(),
    system: p.text().$type<System>(),
    /** How long the order had been in `fromStatus`. */
    durationMs: p.bigint('number'),
    cause: p.text().nullable(),
  },
});

export type OrderMove = InferEntity<typeof OrderMove>;
