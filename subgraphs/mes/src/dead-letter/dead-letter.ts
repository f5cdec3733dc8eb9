import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export type DeadLetterState = 'WAITING' | 'REPLAYED' | 'DISCARDED';

/** A message that a consumer has given up, or that the bus would not take, until somebody has decided on it. */
export const DeadLetterRecord = defineEntity({
  name: 'DeadLetterRecord',
  tableName: 'dead_letters',
  properties: {
    id: p.bigint('number').primary(),
    /** What it died of, once: see `collect-dead-letters.ts`. */
    death: p.text(),
    /** Whose it was. What the bus would not take is `<system>-outbox`'s. */
    durable: p.text(),
    stream: p.text(),
    /** In its stream; of an outbox the row's id. */
    sequence: p.bigint('number'),
    subject: p.text(),
    messageId: p.text(),
    reason: p.text(),
    attempts: p.integer(),
    headers: p.json<Record<string, string>>(),
    payload: p.json<unknown>(),
    orderId: p.uuid().strictNullable(),
    diedAt: p.datetime(3),
    state: p.text().$type<DeadLetterState>(),
    settledAt: p.datetime(3).strictNullable(),
  },
});

export type DeadLetterRecord = InferEntity<typeof DeadLetterRecord>;

/** What somebody did about a letter. */
export interface DeadLetterAction {
  action: 'REPLAYED' | 'DISCARDED';
  by: string;
  at: Date;
  why: string | null;
  /** What came of it. */
  outcome: string;
}
