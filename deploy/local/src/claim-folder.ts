import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from './read-if-there.ts';
import { commandLine, isAlive } from './running-process.ts';

/** What the platform that runs over a data folder says of itself. */
export interface RunningPlatform {
  pid: number;
  url: string;
  kind: 'embedded' | 'full';
}

/** The data folder belongs to a platform that runs; two over one folder would destroy each other's data. */
export class FolderTaken extends Error {
  readonly platform: RunningPlatform;
  constructor(platform: RunningPlatform) {
    super(`the platform already runs: ${platform.url} (process ${platform.pid})`);
    this.name = 'FolderTaken';
    this.platform = platform;
  }
}

/** The platform that runs over this data folder now, if any. */
export function runningPlatform(dataDir: string): RunningPlatform | undefined {
  const text = readIfThere(claimFile(dataDir));
  if (text === undefined) return undefined;
  const platform = JSON.parse(text) as RunningPlatform;
  return isAlive(platform.pid) && commandLine(platform.pid).includes('deploy/local/src/')
    ? platform
    : undefined;
}

/** Takes the folder until disposed; the claim of a killed process is void. Throws `FolderTaken`. */
export function claimFolder(dataDir: string, claim: Omit<RunningPlatform, 'pid'>): Disposable {
  const file = claimFile(dataDir);
  const own = `${file}.${process.pid}`;
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  writeFileSync(own, `${JSON.stringify({ pid: process.pid, ...claim })}\n`);
  try {
    while (!tryLink(own, file)) {
      const running = runningPlatform(dataDir);
      if (running) throw new FolderTaken(running);
      clearAway(file, `${own}.old`);
    }
  } finally {
    rmSync(own);
  }
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

function claimFile(dataDir: string): string {
  return join(dataDir, 'run', 'platform.json');
}

/** A link appears with its content or not at all. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Of two that find the same void claim, one moves it away; the other finds nothing and looks again. */
function clearAway(file: string, aside: string): void {
  try {
    renameSync(file, aside);
    rmSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
