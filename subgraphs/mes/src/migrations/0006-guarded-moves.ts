import { orderGuardSql } from '@alexandrite/baton/order-guard';
import { writtenMovesSql } from '@alexandrite/baton/written-moves';
import type { SchemaVersion } from '@alexandrite/database/migrate';

/** Illegal moves are impossible in the database, and what was said of an order can be said again. */
export const guardedMoves: SchemaVersion = {
  name: '0006-guarded-moves',
  sql: `${orderGuardSql} ${writtenMovesSql}`,
};
