import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const root = mkdtempSync(join(tmpdir(), 'alexandrite set up '));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A process that does its work alone: it writes when it begins and when it ends. */
async function work(name: string): Promise<void> {
  const script = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    import { onlyOne } from ${JSON.stringify(new URL('only-one.mjs', import.meta.url).href)};
    const note = (what) => appendFileSync(process.argv[1], what + ' ${name}\\n');
    await onlyOne(process.argv[2], async () => { note('begins'); await delay(150); note('ends'); });
  `;
  // "setup.mjs" on the command line is how the holder of a lock is recognised.
  const args = ['--input-type=module', '-e', script, join(root, 'log'), root, 'setup.mjs'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'ignore'] });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

test('set-ups of one checkout run one after the other, and one killed before does not stop them', async () => {
  mkdirSync(join(root, '.data'));
  writeFileSync(join(root, '.data', 'setup.lock'), '999999999'); // left behind by a process that is gone
  await Promise.all([work('a'), work('b'), work('c')]);

  const lines = readFileSync(join(root, 'log'), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(6);
  for (let i = 0; i < lines.length; i += 2) expect(lines[i + 1]).toBe(lines[i]!.replace('begins', 'ends'));
  expect(readdirSync(join(root, '.data'))).toEqual([]);
}, 30_000);

test('a stranger that was given the pid of a dead set-up does not hold the lock', async () => {
  writeFileSync(join(root, '.data', 'setup.lock'), String(process.pid));
  await work('d');
  expect(readdirSync(join(root, '.data'))).toEqual([]);
});
