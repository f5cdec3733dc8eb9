export const promiseTablesSql = `
-- how long orders stay in each status, of late
create index order_moves_by_stage on order_moves (from_status, at desc) include (duration_ms);
-- those that may come too late
create index orders_open_promised on orders (status, promised_at)
  where promised_at is not null and status not in ('CLOSED', 'CANCELLED');

-- why an order stood in a status for longer than it may have: kept when it has gone on
create table order_delays (
  order_id uuid not null,
  version integer not null,
  reason text not null,
  system text not null,
  found_at timestamptz(3) not null default now(),
  primary key (order_id, version)
);
`;
