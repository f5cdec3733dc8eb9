import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether a process with this pid exists. A zombie, ended but not yet collected by its parent, does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = readProc(pid, 'stat');
  return stat === undefined || !/^.*\) Z/.test(stat);
}

/**
 * The command line, arguments separated by spaces; empty when there is no such process. Pids are used again, so
 * whoever reads one from a file asks this before believing it.
 */
export function commandLine(pid: number): string {
  if (existsSync('/proc/self/cmdline')) return (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
  return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout.trim();
}

/** Sends one signal after the other until the process has ended, waiting `patienceMs` after each. */
export async function endProcess(
  pid: number,
  signals: readonly NodeJS.Signals[],
  patienceMs: number,
  isIt: () => boolean = () => isAlive(pid),
): Promise<void> {
  for (const signal of signals) {
    if (!isIt()) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    const deadline = Date.now() + patienceMs;
    while (isIt() && Date.now() < deadline) await delay(20);
  }
  if (isIt()) throw new Error(`process ${pid} does not end: ${commandLine(pid)}`);
}

function readProc(pid: number, file: 'stat' | 'cmdline'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
