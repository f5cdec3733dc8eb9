import { orderArchiveSql } from '@alexandrite/baton/order-archive';
import { orderGuardSql } from '@alexandrite/baton/order-guard';
import { ordersTableSql } from '@alexandrite/baton/order-record';
import { writtenMovesSql } from '@alexandrite/baton/written-moves';
import type { SchemaVersion } from '@alexandrite/database/migrate';
import { outboxTablesSql } from '@alexandrite/outbox/outbox-tables';
import { webhookTablesSql } from './webhook/webhook-tables.ts';

/** The CRM's tables, as they came to be. Released versions are never edited: add one. */
export const schemaVersions: readonly SchemaVersion[] = [
  {
    name: '0001-accounts-people-approvals',
    sql: `
      ${ordersTableSql}
      ${outboxTablesSql}

      create table accounts (
        id text primary key,
        kind text not null check (kind in ('CUSTOMER', 'PARTNER')),
        name text not null,
        created_at timestamptz(3) not null
      );

      create table people (
        id text primary key,
        name text not null,
        created_at timestamptz(3) not null
      );

      create table approvals (
        order_id uuid primary key references orders (id),
        priced_at timestamptz(3) not null,
        waiting boolean not null,
        price_accepted_at timestamptz(3),
        price_accepted_by text,
        price_rejected_at timestamptz(3),
        price_rejected_reason text,
        approved_at timestamptz(3),
        approved_by text,
        closed_at timestamptz(3)
      );

      -- The sellers' queue in its own order, and nothing but what waits: it stays small whatever the shop's age.
      create index approvals_queue on approvals ((price_accepted_at is null), priced_at, order_id)
      where waiting;
    `,
  },
  {
    // illegal moves are impossible in the database, and what was said of an order can be said again
    name: '0002-guarded-moves',
    sql: `${orderGuardSql} ${writtenMovesSql}`,
  },
  { name: '0003-webhooks', sql: webhookTablesSql },
  {
    // what is over goes where nobody waits for it; what was decided on it stays, found by its key alone
    name: '0004-archive',
    sql: `${orderArchiveSql} alter table approvals drop constraint approvals_order_id_fkey;`,
  },
];
