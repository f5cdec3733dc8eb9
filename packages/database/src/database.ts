import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Lsn } from './lsn.ts';
import type { Freshness, Read } from './replica.ts';

/**
 * What works inside a transaction is given: an entity manager whose every statement belongs to it. Its changes are
 * flushed before the commit. `tx.execute(sql, params)` runs plain SQL in it (`?` stands for a parameter).
 */
export type Tx = EntityManager;

/** One service's PostgreSQL database: its pool, its entities, migrated. Opened by `openDatabase`. */
export interface Database extends AsyncDisposable {
  readonly orm: MikroORM;
  readonly url: string;

  /** A fresh unit of work: one for each request or message, never shared. */
  em(): EntityManager;

  /**
   * Runs `work` in one transaction (read committed) and commits, or rolls back when it throws. Keep it short and off
   * the network: it holds locks. After a deadlock it is run again, twice at most, so `work` must touch nothing but the
   * database. What `afterCommit(tx, …)` was given runs once the commit is done.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;

  /** Whether there is a replica at all. */
  readonly hasReplica: boolean;

  /**
   * For lists and reports: `work` reads on the streaming replica where there is one that is fresh enough, else, or when that
   * fails, on the primary. See `OwnWrites` for what somebody reads who has just written.
   */
  read<T>(work: Read<T>, freshness?: Freshness): Promise<T>;

  /** Where the primary stands: `read(work, { atLeast: await position() })` sees all that is committed by now. */
  position(): Promise<Lsn>;

  /** Statements that requests have caused so far, transaction control not counted; for tests (see `countStatements`). */
  readonly statements: number;

  /** Whether the database answered when last asked, a few seconds ago at most: for readiness. */
  readonly connected: boolean;
}
