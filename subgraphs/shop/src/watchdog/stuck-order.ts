import type { Channel } from '@alexandrite/schema/events';
import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import type { Hop, WaitReason, WatchAction } from '@alexandrite/schema/questions';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** An order that has stood in its status for longer than that status allows, and what it waits for. */
export const StuckOrder = defineEntity({
  name: 'StuckOrder',
  tableName: 'stuck_orders',
  properties: {
    orderId: p.uuid().primary(),
    status: p.text().$type<OrderStatus>(),
    channel: p.text().$type<Channel>(),
    version: p.integer(),
    /** When it came into its status. */
    since: p.datetime(3),
    limitSeconds: p.integer(),
    foundAt: p.datetime(3),
    lookedAt: p.datetime(3),
    reason: p.text().$type<WaitReason>(),
    hop: p.text().$type<Hop>(),
    /** Whose turn it is to do something about it. */
    system: p.text().$type<System>(),
    who: p.text().strictNullable(),
    waitingSince: p.datetime(3),
    retries: p.integer(),
    retryAt: p.datetime(3).strictNullable(),
    lastAction: p.text().$type<WatchAction>().strictNullable(),
    lastActionAt: p.datetime(3).strictNullable(),
  },
});

export type StuckOrder = InferEntity<typeof StuckOrder>;
