import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { isAlive } from './running-process.ts';
import { type ProcessSpec, Supervisor } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'alexandrite-supervisor-'));
const said: string[] = [];
const supervisors: Supervisor[] = [];

function supervisor(marks = [folder]): Supervisor {
  const made = new Supervisor({ runDir: folder, logDir: folder, marks, say: (line) => void said.push(line) });
  supervisors.push(made);
  return made;
}

afterEach(async () => {
  for (const one of supervisors.splice(0)) await one.stop('sleeper');
  rmSync(folder, { recursive: true, force: true });
});

function sleeper(script: string, over: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name: 'sleeper',
    command: process.execPath,
    args: ['-e', `/* ${folder} */ ${script}`],
    ready: async () => readFileSync(join(folder, 'sleeper.log'), 'utf8').includes('up'),
    ...over,
  };
}

const pid = () => Number(readFileSync(join(folder, 'sleeper.pid'), 'utf8'));
const UP = "console.log('up'); setInterval(() => {}, 1000)";

test('a killed process is back within two seconds under a new pid, and ends for good when asked to', async () => {
  const kept = supervisor();
  await kept.start(sleeper(UP));
  const first = pid();
  process.kill(first, 'SIGKILL');
  const deadline = Date.now() + 2_000;
  while (pid() === first && Date.now() < deadline) await delay(10);
  const second = pid();
  expect(second).not.toBe(first);
  expect(isAlive(second)).toBe(true);
  expect(said.join()).toContain('sleeper ended (SIGKILL)');

  await kept.stop('sleeper');
  expect(isAlive(second)).toBe(false);
  expect(existsSync(join(folder, 'sleeper.pid'))).toBe(false);
});

test('what an earlier run left behind is ended; a stranger with the same pid is left alone', async () => {
  await supervisor().start(sleeper(UP));
  const left = pid();
  await supervisor(['not on its command line']).endLeftovers();
  expect(isAlive(left)).toBe(true);

  await supervisors[0]!.stop('sleeper');
  await supervisor().start(sleeper(UP));
  const second = pid();
  await supervisor().endLeftovers();
  expect(isAlive(second)).toBe(false);
});

test('a process that cannot come up is reported with what it said', async () => {
  const hopeless = sleeper("console.error('no such database'); process.exit(3)");
  await expect(supervisor().start(hopeless)).rejects.toThrow(/does not come up.*no such database/s);
});

test('one that ignores the gentle signal is ended by the next', async () => {
  const kept = supervisor();
  await kept.start(sleeper(`process.on('SIGTERM', () => {}); ${UP}`, { patienceMs: 300 }));
  const stubborn = pid();
  await kept.stop('sleeper');
  expect(isAlive(stubborn)).toBe(false);
});
