import type { Database } from '@alexandrite/database';
import DataLoader from 'dataloader';
import { inOrder } from '../in-order.ts';
import { Operator } from './operator.ts';

export function operatorLoader(database: Database) {
  return new DataLoader<string, Operator | null>(async (ids) => {
    const rows = await database.em().find(Operator, { id: { $in: [...ids] } });
    return inOrder(ids, rows, ({ id }) => id);
  });
}
