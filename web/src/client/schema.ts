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

export type FindingSeverity =
  | 'INFO'
  | 'WARNING'
  | 'ERROR';

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
