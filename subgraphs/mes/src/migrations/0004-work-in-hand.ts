import type { SchemaVersion } from '@alexandrite/database/migrate';

export const workInHand: SchemaVersion = {
  name: '0004-work-in-hand',
  sql: `
-- what one operator has taken and not yet shipped: newest first, keyset pages
create index work_orders_in_hand on work_orders (operator_id, created_at desc, id desc)
  where status in ('MANUFACTURING_STARTED', 'MANUFACTURING_COMPLETED', 'PACKAGING');
`,
};
