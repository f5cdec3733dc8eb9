import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError, say } from './say.mjs';

const WAIT_MS = 600_000; // 10 minutes: a slow line may need that for the dependencies

/** Does the work while no other set-up of this checkout runs. The lock of a killed one is taken over. */
export async function onlyOne(root, work) {
  const folder = join(root, '.data');
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'setup.lock');
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    await take(lock, mine);
    for (const left of readdirSync(folder).filter((name) => /^setup\.lock\.\d+/.test(name)))
      if (!isSetUp(Number.parseInt(left.slice('setup.lock.'.length), 10)))
        rmSync(join(folder, left), { force: true });
    try {
      await work();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

async function take(lock, mine) {
  const deadline = Date.now() + WAIT_MS;
  for (let waited = false; ; waited = true) {
    if (tryLink(mine, lock)) return;
    const holder = readIfThere(lock);
    if (holder === undefined) continue; // released just now
    if (!isSetUp(Number(holder))) {
      clearAway(lock, holder, mine);
      continue;
    }
    if (!waited) say('another set-up of this checkout is running; waiting for it');
    if (Date.now() > deadline)
      throw new SetupError(`another set-up (pid ${holder}) has held ${lock} for 10 minutes`);
    await delay(200);
  }
}

/** A link appears with its content or not at all, unlike a file that is created and then written. */
function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Two may find the same dead holder; whoever moves away the lock of a living one meanwhile puts it back. */
function clearAway(lock, holder, mine) {
  const moved = `${mine}.old`;
  try {
    renameSync(lock, moved);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(moved, 'utf8') !== holder) tryLink(moved, lock);
  rmSync(moved);
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Pids are used again: where the machine can tell, it must be a set-up that has this one. */
function isSetUp(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    if (error.code !== 'EPERM') throw error;
  }
  const commandLine = existsSync('/proc/self/cmdline') ? readIfThere(`/proc/${pid}/cmdline`) : 'setup.mjs';
  return commandLine?.includes('setup.mjs') ?? false;
}
