export const reconcilerTablesSql = `
create table reconciliations (
  id uuid primary key,
  requested_by text not null,
  requested_at timestamptz(3) not null default now(),
  -- orders made since then; null is all there are
  since timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  outcome text not null default 'REQUESTED',
  orders integer not null default 0,
  found integer not null default 0,
  repaired integer not null default 0
);
create index reconciliations_by_request on reconciliations (requested_at);

create table divergences (
  reconciliation_id uuid not null references reconciliations (id) on delete cascade,
  order_id uuid not null,
  system text not null,
  code text not null,
  version integer,
  known_version integer not null,
  found_at timestamptz(3) not null default now(),
  repaired_at timestamptz(3),
  primary key (reconciliation_id, order_id, system)
);
`;
