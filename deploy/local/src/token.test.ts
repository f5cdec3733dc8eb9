import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { tokenKeys, verifyToken } from '@alexandrite/auth/token';
import { afterAll, expect, test } from '@jest/globals';
import { readSecrets } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'alexandrite-token-'));
afterAll(() => rmSync(folder, { recursive: true }));

function token(...args: string[]) {
  const script = fileURLToPath(new URL('token.ts', import.meta.url));
  const env = { ...process.env, DATA_DIR: folder, AUTH_SECRET: '' };
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env });
}

test('prints a token of this installation and nothing else', async () => {
  const { stdout, stderr, status } = token('--role', 'operator', '--sub', 'Ольга', '--ttl', '60');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { AUTH_SECRET } = readSecrets(folder, {});
  const claims = await verifyToken(tokenKeys({ secret: AUTH_SECRET }), stdout.trim());
  expect(claims).toMatchObject({ sub: 'Ольга', role: 'operator' });
  expect(claims.exp - Date.now() / 1000).toBeLessThanOrEqual(60);
  expect(sharedKey(AUTH_SECRET, 'AUTH_SECRET').symmetricKeySize).toBeGreaterThanOrEqual(32);
});

test('the secrets are drawn once, belong to their owner, and yield to the environment', () => {
  const first = readSecrets(folder, {});
  const file = join(folder, 'secrets.json');
  expect(statSync(file).mode & 0o077).toBe(0);
  const before = readFileSync(file, 'utf8');
  const given = 'x'.repeat(32);
  expect(readSecrets(folder, { AUTH_SECRET: given })).toEqual({ ...first, AUTH_SECRET: given });
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(() => readSecrets(folder, { AUTH_SECRET: 'short' })).toThrow(
    'AUTH_SECRET: expected at least 32 bytes',
  );
});

test.each([
  [['--role', 'king'], '--role: expected one of customer, partner'],
  [[], 'got nothing'],
  [['--role', 'admin', '--ttl', '-5'], '--ttl'],
  [['--role', 'admin', '--ttl', 'soon'], '--ttl: expected seconds, got soon'],
  [['--rolle', 'admin'], '--rolle'],
])('%j is refused with what was expected', (args, message) => {
  const { stdout, stderr, status } = token(...args);
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr).toContain(message);
});
