import type { Database } from '@alexandrite/database';
import type { CursorKey, CursorShape, PageRequest } from '@alexandrite/subgraph/connection';
import { Model } from './model.ts';

export const modelCursor: CursorShape = ['instant', 'uuid'];

export function modelKey(model: Model): CursorKey {
  return [model.createdAt.toISOString(), model.id];
}

/** An account's models, newest first. */
export function listModels(database: Database, accountId: string, page: PageRequest): Promise<Model[]> {
  const behind = page.after && {
    $or: [
      { createdAt: { $lt: new Date(page.after[0]!) } },
      { createdAt: new Date(page.after[0]!), id: { $lt: String(page.after[1]) } },
    ],
  };
  return database
    .em()
    .find(
      Model,
      { accountId, ...behind },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: page.limit, disableIdentityMap: true },
    );
}
