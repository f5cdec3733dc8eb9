import { ordersTableSql } from '@alexandrite/baton/order-record';
import type { SchemaVersion } from '@alexandrite/database/migrate';
import { outboxTablesSql } from '@alexandrite/outbox/outbox-tables';

/** The projection of all orders, what is to be published, and how many stand in each status. */
export const orders: SchemaVersion = {
  name: '0001-orders',
  sql: `
${ordersTableSql}
${outboxTablesSql}

-- "at risk" on the dashboard: promised soon or yesterday, and not yet sent
create index orders_open_promised on orders (promised_at)
  where promised_at is not null
    and status in ('SUBMITTED', 'PRICE_CALCULATED', 'MANUFACTURING_APPROVED', 'MANUFACTURING_STARTED',
                   'MANUFACTURING_COMPLETED', 'PACKAGING', 'ON_HOLD', 'REWORK');

-- Counting a million orders for each refresh of the dashboard would read them all. The changes are appended, not added
-- to one row per status, for which all moves would queue; whoever computes the dashboard sums them up.
create table order_counts (status text primary key, count bigint not null);
create table order_count_changes (
  id bigint generated always as identity primary key,
  status text not null,
  change bigint not null
);

create function count_inserted_orders() returns trigger language plpgsql as $$
begin
  insert into order_count_changes (status, change) select status, count(*) from come group by status;
  return null;
end $$;

create function count_updated_orders() returns trigger language plpgsql as $$
begin
  insert into order_count_changes (status, change)
    select status, sum(one)
    from (select status, 1 as one from come union all select status, -1 from gone) as both_sides
    group by status having sum(one) <> 0
    order by status;
  return null;
end $$;

create function count_deleted_orders() returns trigger language plpgsql as $$
begin
  insert into order_count_changes (status, change) select status, -count(*) from gone group by status;
  return null;
end $$;

create trigger count_inserted after insert on orders
  referencing new table as come for each statement execute function count_inserted_orders();
create trigger count_updated after update on orders
  referencing old table as gone new table as come for each statement execute function count_updated_orders();
create trigger count_deleted after delete on orders
  referencing old table as gone for each statement execute function count_deleted_orders();
`,
};
