/** For the CRM's schema versions. */
export const webhookTablesSql = `
create table webhooks (
  id uuid primary key,
  account_id text not null references accounts (id),
  url text not null,
  secret text not null,
  -- signs, too, until then: who receives has time to take up the new one
  previous_secret text,
  previous_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  last_delivered_at timestamptz(3),
  -- of the first attempt since the last delivery
  failing_since timestamptz(3),
  disabled_at timestamptz(3),
  disabled_reason text check (disabled_reason in ('FAILING', 'GONE', 'BY_HAND'))
);
create index webhooks_of_account on webhooks (account_id, created_at);

create table webhook_deliveries (
  id uuid primary key,
  webhook_id uuid not null references webhooks (id) on delete cascade,
  -- null for a test
  order_id uuid,
  version integer,
  event text not null,
  payload json not null,
  headers json not null,
  state text not null default 'WAITING' check (state in ('WAITING', 'DELIVERED', 'GIVEN_UP')),
  attempts integer not null default 0,
  created_at timestamptz(3) not null default now(),
  first_attempt_at timestamptz(3),
  last_attempt_at timestamptz(3),
  next_attempt_at timestamptz(3) not null default now(),
  -- whoever took it is believed to be at work until then
  taken_until timestamptz(3),
  delivered_at timestamptz(3),
  response_status integer,
  error text
);
create unique index webhook_deliveries_once on webhook_deliveries (webhook_id, order_id, version);
-- what is due, and whether an earlier one of the same order waits
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_attempt_at) where state = 'WAITING';
create index webhook_deliveries_in_turn on webhook_deliveries (webhook_id, order_id, version) where state = 'WAITING';
-- the log, newest first, and what is forgotten
create index webhook_deliveries_log on webhook_deliveries (webhook_id, created_at desc, id desc);
create index webhook_deliveries_by_age on webhook_deliveries (created_at) where state <> 'WAITING';
`;
