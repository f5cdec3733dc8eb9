// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.
// biome-ignore-all format: generated

export type AccountKind =
  | 'CUSTOMER'
  | 'PARTNER';

export type Channel =
  | 'B2C'
  | 'B2B';

export interface CreateOrderInput {
  modelId: string;
  alloy: string;
  finish: string;
  quantity?: number;
  idempotencyKey?: string | null;
}

export type DeadLetterState =
  | 'WAITING'
  | 'REPLAYED'
  | 'DISCARDED';

export type DivergenceCode =
  | 'MISSING'
  | 'BEHIND'
  | 'CONTRADICTS';

export type FindingSeverity =
  | 'INFO'
  | 'WARNING'
  | 'ERROR';

export type Hop =
  | 'NOT_PUBLISHED'
  | 'NOT_CONSUMED'
  | 'NOT_ANSWERED'
  | 'PERSON';

export type Language =
  | 'EN'
  | 'RU';

export interface OrderFilter {
  status?: (OrderStatus)[] | null;
  channel?: Channel | null;
  number?: string | null;
}

export type OrderStatus =
  | 'INITIATED'
  | 'FILE_UPLOADED'
  | 'SUBMITTED'
  | 'PRICE_CALCULATED'
  | 'MANUFACTURING_APPROVED'
  | 'MANUFACTURING_STARTED'
  | 'MANUFACTURING_COMPLETED'
  | 'PACKAGING'
  | 'SHIPPED'
  | 'CLOSED'
  | 'PRICE_FAILED'
  | 'PRICE_REJECTED'
  | 'ON_HOLD'
  | 'REWORK'
  | 'CANCELLED';

export type PricingStage =
  | 'NOT_SUBMITTED'
  | 'QUEUED'
  | 'ESTIMATED'
  | 'CALCULATING'
  | 'CALCULATED'
  | 'FAILED';

export type ReconciliationOutcome =
  | 'REQUESTED'
  | 'RUNNING'
  | 'DONE'
  | 'TOO_MANY'
  | 'SYSTEM_SILENT'
  | 'INTERRUPTED'
  | 'FAILED';

export type Role =
  | 'CUSTOMER'
  | 'PARTNER'
  | 'OPERATOR'
  | 'SELLER'
  | 'ADMIN';

export type System =
  | 'SHOP'
  | 'CRM'
  | 'MES';

export type WaitReason =
  | 'OUTBOX_WAITING'
  | 'OUTBOX_PARKED'
  | 'PROJECTION_BEHIND'
  | 'SYSTEM_SILENT'
  | 'PRICING_QUEUED'
  | 'PRICING_IN_PROGRESS'
  | 'PRICING_DEAD_LETTER'
  | 'PRICING_LOST'
  | 'CUSTOMER'
  | 'SELLER'
  | 'OPERATOR'
  | 'CARRIER'
  | 'STAFF';

export type WatchAction =
  | 'MESSAGES_RELEASED'
  | 'MESSAGE_DISCARDED'
  | 'MOVES_REPUBLISHED'
  | 'PRICE_REQUESTED_AGAIN'
  | 'PRICE_TOLD_AGAIN'
  | 'ORDER_RESUBMITTED';

export type WebhookDeliveryState =
  | 'WAITING'
  | 'DELIVERED'
  | 'GIVEN_UP';

export type WebhookDisabledReason =
  | 'FAILING'
  | 'GONE'
  | 'BY_HAND';
