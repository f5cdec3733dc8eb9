const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** How long an order may stand in a status, in seconds, B2B and B2C. What is not here may stand for ever. */
const defaults: Readonly<Record<string, readonly [number, number]>> = {
  SUBMITTED: [10 * MINUTE, 10 * MINUTE],
  PRICE_CALCULATED: [3 * DAY, 7 * DAY],
  PRICE_FAILED: [2 * DAY, 7 * DAY],
  MANUFACTURING_APPROVED: [2 * DAY, 3 * DAY],
  MANUFACTURING_STARTED: [5 * DAY, 7 * DAY],
  MANUFACTURING_COMPLETED: [DAY, DAY],
  PACKAGING: [12 * HOUR, DAY],
  SHIPPED: [14 * DAY, 21 * DAY],
  REWORK: [DAY, 2 * DAY],
  ON_HOLD: [3 * DAY, 3 * DAY],
  FILE_UPLOADED: [30 * DAY, 90 * DAY],
};

const rows = Object.entries(defaults).flatMap(([status, [b2b, b2c]]) => [
  `('${status}', 'B2B', ${b2b})`,
  `('${status}', 'B2C', ${b2c})`,
]);

export const watchdogTablesSql = `
create table status_limits (
  status text not null,
  channel text not null check (channel in ('B2B', 'B2C')),
  seconds integer not null check (seconds > 0),
  changed_by text,
  changed_at timestamptz(3),
  primary key (status, channel)
);
insert into status_limits (status, channel, seconds) values ${rows.join(', ')};

create table stuck_orders (
  order_id uuid primary key,
  status text not null,
  channel text not null,
  version integer not null,
  since timestamptz(3) not null,
  limit_seconds integer not null,
  found_at timestamptz(3) not null default now(),
  looked_at timestamptz(3) not null default now(),
  reason text not null,
  hop text not null,
  system text not null,
  who text,
  waiting_since timestamptz(3) not null,
  retries integer not null default 0,
  retry_at timestamptz(3),
  last_action text,
  last_action_at timestamptz(3)
);
create index stuck_orders_by_age on stuck_orders (since, order_id);
create index stuck_orders_by_look on stuck_orders (looked_at);

-- one of any number of processes watches at a time
create table watch_lease (
  name text primary key,
  holder text not null,
  until timestamptz(3) not null
);

-- who has stood in its status for longest
create index orders_open_by_age on orders (status, channel, moved_at) where status not in ('CLOSED', 'CANCELLED');
`;
