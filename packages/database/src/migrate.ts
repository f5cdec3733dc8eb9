import type { Log } from '@alexandrite/telemetry/log';
import { Migration } from '@mikro-orm/migrations';
import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';

/** A versioned change of the schema: applied once, in the order of the list, and never edited after its release. */
export interface SchemaVersion {
  /** Unique and stable, e.g. `0001-orders`. */
  name: string;
  /** Statements separated by semicolons. */
  sql: string;
}

/** Any number that is ours alone: the lock under which a database is migrated. */
const migrationLock = 7_201_001;

/** The list as MikroORM's migrator takes it. */
export function migrationsList(versions: readonly SchemaVersion[]) {
  return versions.map(({ name, sql }) => ({
    name,
    class: class extends Migration {
      override up(): void {
        // An index over a big table takes its time.
        this.addSql(`set local statement_timeout = '30min'`);
        this.addSql(sql);
      }
    },
  }));
}

/** Applies what is missing. Of several processes that start at once one applies, the others wait for it. */
export async function migrate(orm: MikroORM, url: string, log: Log): Promise<void> {
  const session = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await session.connect();
  try {
    await session.query(`set statement_timeout = '30min'`);
    await session.query('select pg_advisory_lock($1)', [migrationLock]);
    const applied = await orm.migrator.up();
    if (applied.length > 0) {
      log.info({ migrations: applied.map(({ name }) => name) }, 'database migrated');
    }
  } finally {
    await session.end(); // gives the lock back
  }
}
