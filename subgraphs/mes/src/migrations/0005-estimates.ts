import type { SchemaVersion } from '@alexandrite/database/migrate';

export const estimates: SchemaVersion = {
  name: '0005-estimates',
  sql: `
-- an estimate is a row of prices with a band; never the price of an order, which stays in pricings.price_id
alter table prices add column lowest_minor bigint, add column highest_minor bigint;
alter table pricings add column estimate_id text;
`,
};
