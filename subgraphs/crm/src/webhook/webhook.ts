import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Why nothing is sent: it failed for a day, it answered 410, or its partner wished so. */
export type DisabledReason = 'FAILING' | 'GONE' | 'BY_HAND';

/** Where a partner is told of his orders' moves. */
export const Webhook = defineEntity({
  name: 'Webhook',
  tableName: 'webhooks',
  properties: {
    id: p.uuid().primary(),
    accountId: p.text(),
    url: p.text(),
    /** Shown once, when it is made; never logged. */
    secret: p.text(),
    previousSecret: p.text().strictNullable(),
    previousUntil: p.datetime(3).strictNullable(),
    createdAt: p.datetime(3),
    lastDeliveredAt: p.datetime(3).strictNullable(),
    failingSince: p.datetime(3).strictNullable(),
    disabledAt: p.datetime(3).strictNullable(),
    disabledReason: p.text().$type<DisabledReason>().strictNullable(),
  },
});

export type Webhook = InferEntity<typeof Webhook>;
