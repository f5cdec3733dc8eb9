import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { engineVersion } from '../features.ts';
import { FolderStore } from './folder-store.ts';
import { forgetVersions, keptVersions } from './kept-versions.ts';
import { key } from './known-models.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'kept-'));
const store = new FolderStore({ folder: join(dataDir, 'known-models') });
afterAll(() => rmSync(dataDir, { recursive: true }));

function pricing(...args: string[]): string {
  const command = new URL('../pricing-command.ts', import.meta.url).pathname;
  const { REDIS_URL: _, ...environment } = process.env;
  const env = { ...environment, DATA_DIR: dataDir, NODE_OPTIONS: '' };
  return execFileSync(process.execPath, [command, ...args], { env, encoding: 'utf8', stdio: 'pipe' });
}

test('what is kept is counted by version, and forgotten by version', async () => {
  expect(await keptVersions(store)).toEqual([]);
  for (const [version, count] of [
    ['1', 3],
    ['2', 2],
  ] as const)
    for (let index = 0; index < count; index++)
      await store.set(`pricing:features:${version}:bytes:${index}`, 'x'.repeat(700), 60_000);
  await store.set(key('bytes', 'mine'), '{}', 60_000);
  expect(await keptVersions(store)).toEqual([
    { version: '1', entries: 3 },
    { version: '2', entries: 2 },
    { version: engineVersion, entries: 1 },
  ]);
  expect(await forgetVersions(store, (version) => version === '2')).toBe(2);
  expect(await store.get('pricing:features:2:bytes:0')).toBeNull();
  expect(await store.get('pricing:features:1:bytes:0')).toBe('x'.repeat(700));
});

test('a person does it with a command', () => {
  expect(pricing('known')).toBe(
    `version 1: 3 entries\nversion ${engineVersion}: 1 entries (this engine’s)\n`,
  );
  expect(pricing('forget', '--others')).toBe('3 entries forgotten\n');
  expect(pricing('release', 'ab'.repeat(32))).toContain('measured again');
  expect(pricing('known')).toBe(`version ${engineVersion}: 1 entries (this engine’s)\n`);
  expect(() => pricing('forget')).toThrow(/one of --version, --others, --all/);
  expect(() => pricing('release', 'it')).toThrow(/expected the sha256/);
  expect(pricing('--help')).toContain('npm run dead-letters');
});

test('nothing is left when everything is forgotten', async () => {
  expect(await forgetVersions(store, () => true)).toBe(1);
  expect(await keptVersions(store)).toEqual([]);
});
