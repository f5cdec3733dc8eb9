import { orderArchiveSql } from '@alexandrite/baton/order-archive';
import { orderGuardSql } from '@alexandrite/baton/order-guard';
import { ordersTableSql } from '@alexandrite/baton/order-record';
import { writtenMovesSql } from '@alexandrite/baton/written-moves';
import type { SchemaVersion } from '@alexandrite/database/migrate';
import { outboxTablesSql } from '@alexandrite/outbox/outbox-tables';
import { promiseTablesSql } from './promise/promise-tables.ts';
import { reconcilerTablesSql } from './reconciler/reconciler-tables.ts';
import { watchdogTablesSql } from './watchdog/watchdog-tables.ts';

/** The shop's tables, as they came to be. Released versions are never edited: add one. */
export const schemaVersions: readonly SchemaVersion[] = [
  {
    name: '0001-orders-models-customers',
    sql: `
      ${ordersTableSql}
      ${outboxTablesSql}

      create sequence order_numbers;
      create unique index orders_by_number on orders (number);
      -- staff, newest first
      create index orders_newest on orders (created_at desc, id desc);
      create index orders_by_status on orders (status, created_at desc, id desc);
      -- one's own, newest first
      create index orders_own on orders (account_id, created_at desc, id desc);
      create index orders_own_by_status on orders (account_id, status, created_at desc, id desc);
      -- those that go on when the bytes of their model arrive
      create index orders_waiting_for_model on orders (model_id) where status = 'INITIATED';

      create table order_moves (
        order_id uuid not null references orders (id),
        version integer not null,
        from_status text,
        to_status text not null,
        at timestamptz(3) not null,
        by text not null,
        system text not null,
        duration_ms bigint not null,
        cause text,
        primary key (order_id, version)
      );

      create table customers (
        id text primary key,
        channel text not null check (channel in ('B2B', 'B2C')),
        submits_per_minute integer check (submits_per_minute > 0),
        created_at timestamptz(3) not null
      );

      create table models (
        id uuid primary key,
        account_id text not null references customers (id),
        filename text not null,
        bytes integer not null check (bytes > 0),
        sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
        uploaded_at timestamptz(3),
        created_at timestamptz(3) not null
      );
      create index models_own on models (account_id, created_at desc, id desc);

      create table uploads (
        token_hash text primary key,
        model_id uuid not null references models (id),
        expires_at timestamptz(3) not null,
        used_at timestamptz(3)
      );
      create index uploads_by_expiry on uploads (expires_at);
    `,
  },
  {
    name: '0002-idempotency-keys',
    sql: `
      create table creations (
        account_id text not null,
        key text not null,
        order_id uuid not null,
        asked text not null,
        created_at timestamptz(3) not null default now(),
        primary key (account_id, key)
      );
      create index creations_by_age on creations (created_at);
    `,
  },
  {
    // illegal moves are impossible in the database, and what was said of an order can be said again
    name: '0002-guarded-moves',
    sql: `${orderGuardSql} ${writtenMovesSql}`,
  },
  { name: '0003-watchdog', sql: watchdogTablesSql },
  { name: '0004-reconciler', sql: reconcilerTablesSql },
  { name: '0005-promise', sql: promiseTablesSql },
  {
    // what is over goes where nobody waits for it; its moves stay, found by their key alone
    name: '0006-archive',
    sql: `
      ${orderArchiveSql}
      alter table order_moves drop constraint order_moves_order_id_fkey;
      create index orders_archive_by_number on orders_archive (number);
      create index orders_archive_newest on orders_archive (created_at desc, id desc);
      create index orders_archive_by_status on orders_archive (status, created_at desc, id desc);
      create index orders_archive_own on orders_archive (account_id, created_at desc, id desc);
      create index orders_archive_own_by_status on orders_archive (account_id, status, created_at desc, id desc);
    `,
  },
];
