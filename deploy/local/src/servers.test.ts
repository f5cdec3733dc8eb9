import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serverBinary } from '@alexandrite/e2e/harness/servers';
import { afterAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { prepareCluster } from './cluster.ts';
import { freePort } from './free-port.ts';
import { endLeftover } from './postgres.ts';
import { natsServer, postgresServer, postgresUrl, redisServer } from './servers.ts';
import { type ProcessSpec, Supervisor } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'alexandrite servers '));
const supervisor = new Supervisor({
  runDir: join(folder, 'run'),
  logDir: join(folder, 'logs'),
  marks: [folder],
  say: () => undefined,
});
const started: string[] = [];
const pidOf = (name: string) => Number(readFileSync(join(folder, 'run', `${name}.pid`), 'utf8'));

afterAll(async () => {
  for (const name of started) await supervisor.stop(name);
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

async function start(spec: ProcessSpec): Promise<void> {
  started.push(spec.name);
  await supervisor.start(spec);
}

/** Kills it as the worst would, and waits for a new one that works. */
async function killAndAwaitReturn(spec: ProcessSpec): Promise<number> {
  const killed = pidOf(spec.name);
  const began = performance.now();
  process.kill(killed, 'SIGKILL');
  while (pidOf(spec.name) === killed || !(await spec.ready().catch(() => false))) {
    if (performance.now() - began > 10_000) throw new Error(`${spec.name} did not come back`);
    await delay(20);
  }
  return performance.now() - began;
}

test.each([
  ['nats-server', async (place: string) => natsServer(place, await freePort(), await freePort())],
  ['redis-server', async (place: string) => redisServer(place, await freePort())],
] as const)('%s comes back after kill -9, on its port and its data', async (name, server) => {
  if (!serverBinary(name)) return; // said so loudly, and fails in CI
  const spec = await server(join(folder, name));
  await start(spec);
  expect(await killAndAwaitReturn(spec)).toBeLessThan(5_000);
});

test('PostgreSQL comes back after kill -9 with what was committed', async () => {
  const cluster = await prepareCluster(join(folder, 'postgres'), { durable: true });
  await endLeftover(cluster.dataDir);
  const port = await freePort();
  const spec = postgresServer(cluster, port, ['shop']);
  await start(spec);
  const query = async (statement: string) => {
    const client = new pg.Client({ connectionString: postgresUrl(cluster, port, 'shop') });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  await query('create table kept as select 42 as answer');
  expect(await killAndAwaitReturn(spec)).toBeLessThan(8_000);
  expect(await query('select answer from kept')).toEqual([{ answer: 42 }]);
}, 60_000);
