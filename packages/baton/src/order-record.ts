import type { Channel } from '@alexandrite/schema/events';
import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/**
 * An order as one system sees it: the same table in all three databases. Only the baton writes it. The service's own
 * facts about an order stand in tables of its own beside it.
 */
export const OrderRecord = defineEntity({
  name: 'OrderRecord',
  tableName: 'orders',
  properties: {
    /** UUIDv7. */
    id: p.uuid().primary(),
    /** A-000123. */
    number: p.text(),
    accountId: p.text(),
    channel: p.text().$type<Channel>(),
    status: p.text().$type<OrderStatus>(),
    /** 1 for INITIATED, +1 for each move. */
    version: p.integer(),
    holder: p.text().$type<System>(),
    /** The status an order on hold goes back to. */
    heldFrom: p.text().$type<OrderStatus>().nullable(),
    /** When it came into its status. */
    movedAt: p.datetime(3),
    quantity: p.integer(),
    alloy: p.text(),
    finish: p.text(),
    modelId: p.uuid(),
    filename: p.text(),
    /** Lower-case hex; null until the bytes are there. */
    modelSha256: p.text().nullable(),
    createdAt: p.datetime(3),
    submittedAt: p.datetime(3).nullable(),
    promisedAt: p.datetime(3).nullable(),
  },
});

export type OrderRecord = InferEntity<typeof OrderRecord>;

/** For the first migration of each service. Indexes beyond the key are the service's own: they follow its queries. */
export const ordersTableSql = `
create table orders (
  id uuid primary key,
  number text not null,
  account_id text not null,
  channel text not null,
  status text not null,
  version integer not null,
  holder text not null,
  held_from text,
  moved_at timestamptz(3) not null,
  quantity integer not null,
  alloy text not null,
  finish text not null,
  model_id uuid not null,
  filename text not null,
  model_sha256 text,
  created_at timestamptz(3) not null,
  submitted_at timestamptz(3),
  promised_at timestamptz(3)
);`;
