import type { SchemaVersion } from '@alexandrite/database/migrate';

export const pricing: SchemaVersion = {
  name: '0002-pricing',
  sql: `
create table pricings (
  order_id uuid primary key references orders (id),
  account_id text not null,
  channel text not null,
  request_id text not null unique,
  stage text not null,
  percent smallint not null check (percent between 0 and 100),
  reason_code text,
  reason_en text,
  reason_ru text,
  price_id text,
  revision integer not null,
  requested_at timestamptz(3) not null,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  seconds double precision
);

-- the place in the queue, its length and its oldest
create index pricings_queued on pricings (channel, requested_at, order_id) where stage = 'QUEUED';
create index pricings_in_progress on pricings (channel) where stage in ('ESTIMATED', 'CALCULATING');
-- the percentiles of the last day, from the index alone
create index pricings_calculated on pricings (finished_at) include (seconds) where stage = 'CALCULATED';

create table prices (
  id text primary key,
  order_id uuid not null references orders (id),
  account_id text not null,
  quantity integer not null,
  currency text not null,
  total_minor bigint not null,
  tariff_version text not null,
  source text not null,
  calculated_at timestamptz(3) not null,
  document jsonb not null
);
create index prices_of_order on prices (order_id);
`,
};
