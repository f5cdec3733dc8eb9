import type { SchemaVersion } from '@alexandrite/database/migrate';

export const workOrders: SchemaVersion = {
  name: '0003-work-orders',
  sql: `
create table operators (
  id text primary key,
  name text not null,
  created_at timestamptz(3) not null
);

create table work_orders (
  id uuid primary key references orders (id),
  status text not null,
  operator_id text references operators (id),
  created_at timestamptz(3) not null,
  waiting_since timestamptz(3),
  taken_at timestamptz(3),
  completed_at timestamptz(3),
  packed_at timestamptz(3),
  shipped_at timestamptz(3),
  tracking_number text,
  promised_at timestamptz(3)
);

-- the work queue of one status, and that of the whole floor: newest first, keyset pages
create index work_orders_by_status on work_orders (status, created_at desc, id desc);
create index work_orders_on_the_floor on work_orders (created_at desc, id desc)
  where status in ('MANUFACTURING_APPROVED', 'MANUFACTURING_STARTED', 'MANUFACTURING_COMPLETED', 'PACKAGING', 'REWORK');
-- who has waited longest for an operator
create index work_orders_waiting on work_orders (waiting_since)
  where status in ('MANUFACTURING_APPROVED', 'REWORK');
`,
};
