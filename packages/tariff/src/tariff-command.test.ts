import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ownTariffs } from './load-tariffs.ts';

const root = mkdtempSync(join(tmpdir(), 'tariff-command-'));
const folder = join(root, 'tariffs');
cpSync(ownTariffs, folder, { recursive: true });
afterAll(() => rmSync(root, { recursive: true }));

const base = JSON.parse(readFileSync(join(folder, '2026-11-01.json'), 'utf8'));

function tariff(...args: string[]): string {
  const command = new URL('./tariff-command.ts', import.meta.url).pathname;
  const env = { ...process.env, PRICING_TARIFFS: folder, DATA_DIR: root, INIT_CWD: root, NODE_OPTIONS: '' };
  return execFileSync(process.execPath, [command, ...args], { env, encoding: 'utf8', stdio: 'pipe' });
}

function write(name: string, change: object): string {
  writeFileSync(join(root, name), JSON.stringify({ ...base, ...change }));
  return name;
}

const next = { version: '2099-01-01', validFrom: '2099-01-01T00:00:00+03:00' };

test('an owner checks a tariff, sees what it changes, and installs it with a reason', () => {
  const file = write('2099.json', { ...next, vatPercent: 25, contracts: { 'partner-1': [] } });
  const said = tariff('check', file);
  expect(said).toContain('2099.json is right: version 2099-01-01');
  expect(said).toContain('vatPercent: 22 → 25 (+13.6 %)');
  expect(said).toMatch(/a silver ring, 4 g: ₽[\d,.]+ → ₽[\d,.]+/);
  expect(() => tariff('install', file)).toThrow(/expected --reason/);
  tariff('install', file, '--reason', 'VAT rises');
  expect(tariff('list')).toMatch(/2026-11-01\.json {2}in force\n.*2099-01-01 {2}2099\.json\n$/);
  expect(tariff('history')).toContain(': VAT rises');
});

test.each<[string, object, RegExp]>([
  ['a misspelt key', { vatPercnt: 22 }, /vatPercnt: no such key; not there, and known: .*contracts/],
  [
    'one deeper down',
    { alloys: { ...base.alloys, BRASS: { ...base.alloys.BRASS, minWalMm: 1 } } },
    /alloys\.BRASS\.minWalMm: no such key/,
  ],
  ['a version that is there', { version: '2026-01-01' }, /2026-01-01\.json has the version 2026-01-01, too/],
  ['an instant that is taken', { validFrom: base.validFrom }, /has the same validFrom/],
  [
    'a contract that ends before it begins',
    {
      contracts: {
        'partner-1': [{ number: '7', validFrom: '2099-02-01T00:00:00Z', validUntil: '2099-01-01T00:00:00Z' }],
      },
    },
    /contracts\.partner-1\.0\.validUntil: expected an instant after validFrom/,
  ],
])('%s is refused', (_, change, message) => {
  const file = write('wrong.json', { ...next, version: 'v2', validFrom: '2098-01-01T00:00:00Z', ...change });
  expect(() => tariff('check', file)).toThrow(message);
});
