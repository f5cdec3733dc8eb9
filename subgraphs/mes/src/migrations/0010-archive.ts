import { orderArchiveSql } from '@alexandrite/baton/order-archive';
import type { SchemaVersion } from '@alexandrite/database/migrate';

/** What is over goes where nobody waits for it; its price and its work stay, found by their keys alone. */
export const archive: SchemaVersion = {
  name: '0010-archive',
  sql: `
${orderArchiveSql}
alter table pricings drop constraint pricings_order_id_fkey;
alter table prices drop constraint prices_order_id_fkey;
alter table work_orders drop constraint work_orders_id_fkey;
`,
};
