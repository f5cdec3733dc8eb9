import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { until } from '@alexandrite/e2e/harness/until';
import { Closers } from '@alexandrite/lifecycle/closers';
import { prepareCluster } from '@alexandrite/local/cluster';
import { type Postgres, startPostgres } from '@alexandrite/local/postgres';
import { prepareReplica } from '@alexandrite/local/replica';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import pg from 'pg';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import { OwnWrites } from './own-writes.ts';

/** A real streaming replica of a real PostgreSQL, both of this test alone. */
const folder = mkdtempSync(join(tmpdir(), 'alexandrite-replica-'));
const [primaryDir, replicaDir] = [join(folder, 'primary'), join(folder, 'replica')];
const closers = new Closers();
const { log, entries } = memoryLog('test');
const metrics = new Metrics('test');
const Ring = defineEntity({ name: 'Ring', tableName: 'rings', properties: { id: p.integer().primary() } });
const migrations = [{ name: '0001-rings', sql: 'create table rings (id int primary key)' }];
let primary: Postgres;
let replica: Postgres;
let replicaUrl: string;
let database: Database;

beforeAll(async () => {
  primary = await startPostgres({ dataDir: primaryDir, databases: ['test'] });
  closers.add('the primary', () => primary[Symbol.asyncDispose]());
  await startReplica();
  closers.add('the replica', () => replica[Symbol.asyncDispose]());
  replicaUrl = replica.url('test');
  database = closers.use(
    await openDatabase({ url: primary.url('test'), replicaUrl, entities: [Ring], migrations, log, metrics }),
  );
}, 60_000);
afterAll(async () => {
  await closers[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function startReplica(port?: number): Promise<void> {
  const cluster = await prepareCluster(primaryDir, { durable: true });
  await prepareReplica(cluster, primary.port, replicaDir);
  replica = await startPostgres({ dataDir: replicaDir, databases: [], ...(port ? { port } : {}) });
}

/** On the replica itself, past the pool. */
async function onReplica(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: replicaUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function count(em: EntityManager): Promise<{ replica: boolean; rings: number }> {
  const [row] = await em.execute('select pg_is_in_recovery() as replica, count(*)::int as rings from rings');
  return row as { replica: boolean; rings: number };
}

const insert = (id: number) =>
  database.transaction(async (tx) => {
    tx.create(Ring, { id });
  });
const figure = async (name: string) =>
  Number(
    new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(await metrics.text())?.[1]?.replace('+Inf', 'Infinity'),
  );

test('reads for lists go to the replica, and those of who has just written go where his write is', async () => {
  const cache = closers.use(openMemoryCache());
  // as two processes of one service
  const [here, there] = [1, 2].map(() => new OwnWrites({ database, cache, log, service: 'test' })) as [
    OwnWrites,
    OwnWrites,
  ];
  await insert(1);
  await here.remember('anna');
  await until('the replica has it', async () => {
    const seen = await there.read('anna', count);
    return seen.replica && seen.rings === 1;
  });
  expect(await count(database.em())).toEqual({ replica: false, rings: 1 });

  await onReplica('select pg_wal_replay_pause()');
  await insert(2);
  await here.remember('anna');
  expect(await there.read('anna', count)).toEqual({ replica: false, rings: 2 });
  expect(await there.read('boris', count)).toEqual({ replica: true, rings: 1 });
  // a report that must have everything up to now waits for the replica, but not for ever
  const atLeast = await database.position();
  expect(await database.read(count, { atLeast, waitMs: 50 })).toEqual({ replica: false, rings: 2 });
  const waiting = database.read(count, { atLeast, waitMs: 10_000 });
  await onReplica('select pg_wal_replay_resume()');
  expect(await waiting).toEqual({ replica: true, rings: 2 });
  expect(await there.read('anna', count)).toEqual({ replica: true, rings: 2 });
}, 30_000);

test('a replica that falls behind is measured, and left alone when it is too late', async () => {
  await onReplica('select pg_wal_replay_pause()');
  await insert(3);
  await until('its lag is seen', async () => (await figure('database_replica_lag_seconds')) > 0.5);
  expect(await database.read(count)).toMatchObject({ replica: true });
  await until('it is too old for anybody', async () => !(await database.read(count)).replica);
  expect(await figure('database_replica_lag_seconds')).toBeGreaterThanOrEqual(5);
  await onReplica('select pg_wal_replay_resume()');
  await until('it has caught up', async () => (await figure('database_replica_lag_seconds')) === 0);
  expect(await database.read(count)).toEqual({ replica: true, rings: 3 });
}, 30_000);

test('the primary serves while the replica is away, and it comes back without a new copy', async () => {
  const { port } = replica;
  process.kill(replica.pid, 'SIGKILL');
  await replica.exited;
  // at once: nobody sees that it has gone
  expect(await database.read(count)).toEqual({ replica: false, rings: 3 });
  await until('it counts as away', async () => (await figure('database_replica_up')) === 0);
  expect(entries.filter(({ message }) => message.startsWith('the replica is away'))).toHaveLength(1);
  await insert(4);
  await startReplica(port);
  await until('it serves again', async () => (await database.read(count)).replica);
  await until('with what it had missed', async () => (await database.read(count)).rings === 4);
}, 30_000);
