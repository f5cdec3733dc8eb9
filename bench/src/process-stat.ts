import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const TICK_MS = 10; // Linux counts processor time in hundredths of a second
const SETTLED_WITHIN_MS = 15_000;

/** Processor time that a process has used, all threads, in ms. Linux only. */
export async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything; the fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/**
 * Memory that a process and those it has started hold, in MB. Linux only. Of its children what they hold alone: the program
 * itself, which they run too, is in memory once.
 */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const own = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
  const theirs = (await childrenOf(pid)).map((child) => privateMb(child).catch(goneIsNothing));
  return Math.round((await Promise.all(theirs)).reduce((sum, mb) => sum + mb, own));
}

async function privateMb(pid: number): Promise<number> {
  const pages = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const own = [...pages.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)].reduce(
    (sum, [, kb]) => sum + Number(kb),
    0,
  );
  const theirs = (await childrenOf(pid)).map((child) => privateMb(child).catch(goneIsNothing));
  return (await Promise.all(theirs)).reduce((sum, mb) => sum + mb, own / 1_024);
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

/** A child may end while it is looked at. */
function goneIsNothing(error: NodeJS.ErrnoException): number {
  if (error.code === 'ENOENT' || error.code === 'ESRCH') return 0;
  throw error;
}

/** Resolves when a process rests: what it still works at must not slow the next one down. */
export async function settled(pid: number): Promise<void> {
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  let before = await processorMs(pid);
  while (performance.now() < deadline) {
    await delay(200);
    const now = await processorMs(pid);
    if (now - before <= TICK_MS) return;
    before = now;
  }
}
