import type { Channel } from '@alexandrite/schema/events';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Whoever orders, as far as the shop needs to know; the CRM knows the rest of the account. */
export const Customer = defineEntity({
  name: 'Customer',
  tableName: 'customers',
  properties: {
    /** The account's id: the subject of the token. */
    id: p.text().primary(),
    channel: p.text().$type<Channel>(),
    /** How often it may submit; null is as often as everybody. */
    submitsPerMinute: p.integer().nullable(),
    createdAt: p.datetime(3),
  },
});

export type Customer = InferEntity<typeof Customer>;
