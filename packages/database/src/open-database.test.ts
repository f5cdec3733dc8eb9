import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { afterCommit } from './after-commit.ts';
import { countStatements } from './count-statements.ts';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import { uuidV7 } from './uuid.ts';

const Ring = defineEntity({
  name: 'Ring',
  tableName: 'rings',
  properties: { id: p.uuid().primary(), carats: p.integer(), madeAt: p.datetime(3) },
});
const migrations = [
  {
    name: '0001-rings',
    sql: 'create table rings (id uuid primary key, carats integer not null, made_at timestamptz(3) not null);',
  },
  {
    name: '0002-index',
    sql: 'create index rings_by_carats on rings (carats); create table empty_one (id int);',
  },
];

let server: Awaited<ReturnType<typeof createTestDatabase>>;
const opened: Database[] = [];

beforeEach(async () => {
  server = await createTestDatabase('database');
});

afterEach(async () => {
  for (const database of opened.splice(0)) await database[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function open(): Promise<Database> {
  const { log } = memoryLog();
  const database = await openDatabase({
    url: server.url,
    entities: [Ring],
    migrations,
    log,
    metrics: new Metrics('test'),
  });
  opened.push(database);
  return database;
}

function newRing(carats: number) {
  return { id: uuidV7(), carats, madeAt: new Date('2026-01-02T03:04:05.678Z') };
}

describe('a database', () => {
  test('is migrated once by two processes that start at the same time', async () => {
    const [one] = await Promise.all([open(), open(), open()]);
    const versions = await one.em().execute('select name from schema_versions order by id');
    expect(versions).toEqual([{ name: '0001-rings' }, { name: '0002-index' }]);
  });

  test('gives back what a transaction wrote, instants to the millisecond', async () => {
    const database = await open();
    const ring = newRing(2);
    await database.transaction(async (tx) => {
      tx.create(Ring, ring);
    });
    expect(await database.em().findOneOrFail(Ring, ring.id)).toMatchObject(ring);
  });

  test('runs what waits for the commit after it, and never after a rollback', async () => {
    const database = await open();
    const seen: number[] = [];
    const count = async () => Number((await database.em().execute('select count(*) as n from rings'))[0]?.n);
    await database.transaction(async (tx) => {
      afterCommit(tx, () => void count().then((n) => seen.push(n)));
      tx.create(Ring, newRing(1));
    });
    const failing = database.transaction(async (tx) => {
      afterCommit(tx, () => void seen.push(-1));
      tx.create(Ring, newRing(1));
      await tx.flush();
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await count()).toBe(1);
    expect(seen).toEqual([1]);
  });

  test('runs a transaction again that lost in a deadlock', async () => {
    const database = await open();
    const [first, second] = [newRing(1), newRing(1)];
    await database.transaction(async (tx) => {
      tx.create(Ring, first);
      tx.create(Ring, second);
    });
    const bothLocked = Promise.withResolvers<void>();
    let locked = 0;
    const add = (ids: string[]) =>
      database.transaction(async (tx) => {
        await tx.execute('update rings set carats = carats + 1 where id = ?', [ids[0]]);
        if (++locked === 2) bothLocked.resolve();
        await bothLocked.promise;
        await tx.execute('update rings set carats = carats + 1 where id = ?', [ids[1]]);
      });
    await Promise.all([add([first.id, second.id]), add([second.id, first.id])]);
    const rings = await database.em().find(Ring, {});
    expect(rings.map(({ carats }) => carats)).toEqual([3, 3]);
  });

  test('counts its statements', async () => {
    const database = await open();
    expect(await countStatements(database, () => database.em().find(Ring, { carats: 1 }))).toBe(1);
  });
});
