import type { SchemaVersion } from '@alexandrite/database/migrate';

export const deadLetters: SchemaVersion = {
  name: '0008-dead-letters',
  sql: `
create table dead_letters (
  id bigint generated always as identity primary key,
  -- the same death told twice is one letter
  death text not null unique,
  durable text not null,
  stream text not null,
  sequence bigint not null,
  subject text not null,
  message_id text not null,
  reason text not null,
  attempts integer not null,
  headers json not null,
  payload json not null,
  order_id uuid,
  died_at timestamptz(3) not null,
  state text not null default 'WAITING' check (state in ('WAITING', 'REPLAYED', 'DISCARDED')),
  settled_at timestamptz(3)
);
create index dead_letters_by_state on dead_letters (state, id desc);
create index dead_letters_waiting on dead_letters (durable, id desc) where state = 'WAITING';
create index dead_letters_of_order on dead_letters (order_id) where state = 'WAITING';

-- who did what about a letter, and why: only ever added to
create table dead_letter_actions (
  id bigint generated always as identity primary key,
  letter_id bigint not null references dead_letters (id),
  action text not null check (action in ('REPLAYED', 'DISCARDED')),
  by text not null,
  at timestamptz(3) not null default now(),
  why text,
  outcome text not null
);
create index dead_letter_actions_of_letter on dead_letter_actions (letter_id);
`,
};
