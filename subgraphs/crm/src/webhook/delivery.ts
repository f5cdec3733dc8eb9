import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export type DeliveryState = 'WAITING' | 'DELIVERED' | 'GIVEN_UP';

/** One event on its way to one webhook: the queue while it waits, the log afterwards. */
export const WebhookDelivery = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_deliveries',
  properties: {
    id: p.uuid().primary(),
    webhookId: p.uuid(),
    /** Null for a test. */
    orderId: p.uuid().strictNullable(),
    version: p.integer().strictNullable(),
    event: p.text(),
    payload: p.json(),
    headers: p.json().$type<Record<string, string>>(),
    state: p.text().$type<DeliveryState>(),
    attempts: p.integer(),
    createdAt: p.datetime(3),
    firstAttemptAt: p.datetime(3).strictNullable(),
    lastAttemptAt: p.datetime(3).strictNullable(),
    nextAttemptAt: p.datetime(3),
    takenUntil: p.datetime(3).strictNullable(),
    deliveredAt: p.datetime(3).strictNullable(),
    responseStatus: p.integer().strictNullable(),
    error: p.text().strictNullable(),
  },
});

export type WebhookDelivery = InferEntity<typeof WebhookDelivery>;
