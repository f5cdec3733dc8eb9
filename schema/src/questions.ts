/** What the systems ask each other about orders, for whoever watches over all of them. Instants are ISO 8601 strings. */
import type { OrderStatus, System } from './order-status.ts';

/** `questions.<system>`; answered on `answers.<asker>`. Whoever asks waits for seconds, so an old question is dropped. */
export interface Question {
  id: string;
  /** One token. */
  asker: string;
  at: string;
  asked: Asked;
}

export type Asked =
  /** How these orders look from there; what is not known there is not in the answer. */
  | { kind: 'VIEWS'; orderIds: readonly string[] }
  /** The orders behind an id, by id. */
  | { kind: 'PAGE'; after: string | null; limit: number }
  /** Say again what you have said of an order behind a version. */
  | { kind: 'REPUBLISH'; orderId: string; afterVersion: number }
  /** Try again whatever of this order has failed there and may be tried. */
  | { kind: 'RETRY'; orderId: string }
  /** Have an order priced once more that was told that it has no price. */
  | { kind: 'RESUBMIT'; orderId: string; by: string; reason: string | null }
  /** Publish, or throw away, a message that the bus would not take. */
  | { kind: 'RELEASE_PARKED' | 'DISCARD_PARKED'; outboxId: string };

/** `answers.<asker>`. */
export interface Answer {
  questionId: string;
  system: System;
  views?: OrderView[];
  /** What was done, and nothing where there was nothing to do. */
  done?: WatchAction[];
}

/** How many orders one question may speak of. */
export const mostViews = 500;

/** An order as one system sees it. */
export interface OrderView {
  id: string;
  status: OrderStatus;
  version: number;
  holder: System;
  /** Messages of this order that this system has not published yet; not in the answer to PAGE. */
  unsent?: Unsent | null;
  /** What or whom the order waits for, where this system holds it; not in the answer to PAGE. */
  wait?: Wait | null;
}

export interface Unsent {
  messages: number;
  since: string;
  /** The bus would not take the first of them. */
  parked: boolean;
  error: string | null;
}

export interface Wait {
  reason: WaitReason;
  since: string;
  /** Somebody in particular. */
  who: string | null;
}

/** The hop of an order's way that has not been taken. */
export type Hop = 'NOT_PUBLISHED' | 'NOT_CONSUMED' | 'NOT_ANSWERED' | 'PERSON';

export const hopOf = {
  OUTBOX_WAITING: 'NOT_PUBLISHED',
  OUTBOX_PARKED: 'NOT_PUBLISHED',
  PROJECTION_BEHIND: 'NOT_CONSUMED',
  SYSTEM_SILENT: 'NOT_ANSWERED',
  PRICING_QUEUED: 'NOT_ANSWERED',
  PRICING_IN_PROGRESS: 'NOT_ANSWERED',
  PRICING_DEAD_LETTER: 'NOT_ANSWERED',
  PRICING_LOST: 'NOT_ANSWERED',
  CUSTOMER: 'PERSON',
  SELLER: 'PERSON',
  OPERATOR: 'PERSON',
  CARRIER: 'PERSON',
  STAFF: 'PERSON',
} as const satisfies Record<string, Hop>;

export type WaitReason = keyof typeof hopOf;

/** What was done about an order that stood still. */
export type WatchAction =
  | 'MESSAGES_RELEASED'
  | 'MESSAGE_DISCARDED'
  | 'MOVES_REPUBLISHED'
  | 'PRICE_REQUESTED_AGAIN'
  | 'PRICE_TOLD_AGAIN'
  | 'ORDER_RESUBMITTED';
