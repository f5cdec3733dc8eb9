import type { Database } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import { isUuid } from '@alexandrite/database/uuid';
import DataLoader from 'dataloader';
import { Model } from './model.ts';

/** Models by id, null where there is none. */
export function modelLoader(database: Database): DataLoader<string, Model | null> {
  return new DataLoader(async (ids) => {
    const models = await readRecords<Model>(database, Model, { id: { $in: ids.filter(isUuid) } });
    const byId = new Map(models.map((model) => [model.id, model]));
    return ids.map((id) => byId.get(id) ?? null);
  });
}
