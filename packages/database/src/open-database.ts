import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { Migrator } from '@mikro-orm/migrations';
import { type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { collectAfterCommit } from './after-commit.ts';
import type { Database, Tx } from './database.ts';
import { isInBackground } from './in-background.ts';
import { migrate, migrationsList, type SchemaVersion } from './migrate.ts';
import { positionOf, Replica } from './replica.ts';
import { tracingLogger } from './trace-statements.ts';

export interface DatabaseOptions {
  /** `postgresql://user:password@host:port/database`; the database exists. */
  url: string;
  /** What `defineEntity` made. */
  /** A streaming replica of it, for lists and reports. It may come later, and go. */
  replicaUrl?: string | undefined;
  entities: readonly EntitySchema[];
  migrations: readonly SchemaVersion[];
  log: Log;
  metrics: Metrics;
  /** Most connections at a time. Default 10. */
  connections?: number;
}

const pingEveryMs = 5_000; // 5 seconds
const deadlockOrSerialization = new Set(['40P01', '40001']);

/** Connects and brings the schema up to date. Rejects when the database cannot be reached or migrated. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log } = options;
  const tracer = tracerOf(options.metrics.service);
  let statements = 0;
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [...options.entities],
    extensions: [Migrator],
    migrations: {
      migrationsList: migrationsList(options.migrations),
      tableName: 'schema_versions',
      snapshot: false,
      silent: true,
    },
    ensureDatabase: false,
    pool: { min: 0, max: options.connections ?? 10 },
    driverOptions: {
      connectionTimeoutMillis: 10_000, // also how long a request may wait for a free connection
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
    },
    onQuery: (sql) => {
      if (!isInBackground()) statements++;
      return sql;
    },
    logger: (message) => log.debug({ part: 'mikro-orm' }, message),
    ...(tracer.statements ? { loggerFactory: tracingLogger(tracer) } : {}),
  });
  try {
    await orm.connect();
    await migrate(orm, url, log);
  } catch (error) {
    await orm.close(true);
    throw error;
  }

  const replica = options.replicaUrl ? await openReplica(options.replicaUrl) : undefined;

  async function openReplica(replicaUrl: string): Promise<Replica> {
    const opened = new Replica({
      primary: orm,
      replica: await MikroORM.init({
        clientUrl: replicaUrl,
        entities: [...options.entities],
        ensureDatabase: false,
        pool: { min: 0, max: options.connections ?? 10 },
        driverOptions: { connectionTimeoutMillis: 2_000, statement_timeout: 30_000 },
        onQuery: (sql) => {
          if (!isInBackground()) statements++;
          return sql;
        },
        logger: (message) => log.debug({ part: 'mikro-orm' }, message),
        ...(tracer.statements ? { loggerFactory: tracingLogger(tracer) } : {}),
      }),
      log: log.child({ part: 'replica' }),
      metrics: options.metrics,
    });
    await opened.start();
    return opened;
  }

  let connected = true;
  const ping = setInterval(async () => {
    connected = await orm.isConnected();
  }, pingEveryMs).unref();
  const retries = options.metrics.counter({
    name: 'database_transaction_retries_total',
    help: 'Transactions run again after a deadlock.',
  });

  async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    let callbacks: readonly (() => void)[] = [];
    const attempt = () =>
      orm.em.fork().transactional(async (tx) => {
        callbacks = collectAfterCommit(tx);
        return work(tx);
      });
    const result = await attempt().catch(retry(attempt)).catch(retry(attempt));
    for (const callback of callbacks) callback();
    return result;
  }

  function retry<T>(attempt: () => Promise<T>) {
    return (error: unknown): Promise<T> => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!deadlockOrSerialization.has(code)) throw error;
      retries.inc();
      return attempt();
    };
  }

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    clearInterval(ping);
    connected = false;
    await replica?.[Symbol.asyncDispose]();
    await orm.close();
  }

  return {
    orm,
    url,
    em: () => orm.em.fork(),
    hasReplica: replica !== undefined,
    read: (work, freshness) => (replica ? replica.read(work, freshness) : work(orm.em.fork())),
    position: () => positionOf(orm),
    transaction,
    get statements() {
      return statements;
    },
    get connected() {
      return connected;
    },
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}
