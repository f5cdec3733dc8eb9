import type { SchemaVersion } from '@alexandrite/database/migrate';

export const voidedPrices: SchemaVersion = {
  name: '0009-voided-prices',
  sql: `
-- a price that nobody can accept any more: its order was cancelled, or the price rejected
alter table prices add column voided_at timestamptz(3);
`,
};
