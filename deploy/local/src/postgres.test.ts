import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { startPostgres } from './postgres.ts';
import { endProcess, isAlive } from './running-process.ts';

// As root, nobody else may enter it: the case of a checkout in a private home.
const folder = mkdtempSync(join(tmpdir(), 'alexandrite a space '));
const dataDir = join(folder, 'postgres');
const owners: ChildProcess[] = [];

afterEach(async () => {
  for (const owner of owners) owner.kill('SIGKILL');
  await using _last = await startPostgres({ dataDir, databases: [], durable: false }); // ends whatever is left
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function startOwner(): Promise<{ owner: ChildProcess; pid: number; starts: number }> {
  const script = fileURLToPath(new URL('../test/postgres-owner.ts', import.meta.url));
  const owner = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  owners.push(owner);
  const [line] = await once(owner.stdout!, 'data');
  return { owner, ...JSON.parse(String(line)) };
}

test('data outlive kill -9 of the owner and of the server, and a stale lock file is no obstacle', async () => {
  const first = await startOwner();
  expect(first.starts).toBe(1);
  first.owner.kill('SIGKILL');

  const second = await startOwner(); // the first server may still be there
  expect(second.starts).toBe(2);
  expect(isAlive(first.pid)).toBe(false);
  await endProcess(second.pid, ['SIGKILL'], 5_000);
  second.owner.kill('SIGKILL');

  const lock = join(dataDir, 'postmaster.pid');
  const lines = readFileSync(lock, 'utf8').split('\n');
  writeFileSync(lock, [process.pid, ...lines.slice(1)].join('\n')); // its pid now belongs to somebody else
  expect((await startOwner()).starts).toBe(3);
}, 60_000);

test('only its owner can read the password, and nobody gets in without it', async () => {
  await using postgres = await startPostgres({ dataDir, databases: ['shop'], durable: false });
  expect(statSync(join(dataDir, 'superuser-password')).mode & 0o077).toBe(0);
  const url = new URL(postgres.url('shop'));
  url.password = 'guess';
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url.href });
  await expect(client.connect()).rejects.toThrow('password authentication failed');
});
