import type { Database } from '@alexandrite/database';
import DataLoader from 'dataloader';
import { inOrder } from '../in-order.ts';
import { WorkOrder } from './work-order.ts';

export function workOrderLoader(database: Database) {
  return new DataLoader<string, WorkOrder | null>(async (ids) => {
    const rows = await database.em().find(WorkOrder, { id: { $in: [...ids] } }, { disableIdentityMap: true });
    return inOrder(ids, rows, ({ id }) => id);
  });
}
