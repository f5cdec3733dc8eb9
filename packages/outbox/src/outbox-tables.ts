/** For the first migration of each service. */
export const outboxTablesSql = `
create table outbox (
  id bigint generated always as identity primary key,
  subject text not null,
  payload json not null,
  message_id text not null,
  ordering_key text not null,
  headers json not null,
  created_at timestamptz(3) not null default now(),
  attempts integer not null default 0,
  retry_at timestamptz(3),
  parked_at timestamptz(3),
  last_error text
);
create index outbox_held_keys on outbox (ordering_key) where parked_at is not null or retry_at is not null;

create table inbox (
  durable text not null,
  message_id text not null,
  handled_at timestamptz(3) not null default now(),
  primary key (durable, message_id)
);
create index inbox_by_age on inbox (handled_at);`;
