import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endsWithParent } from './ends-with-parent.ts';
import { readIfThere } from './read-if-there.ts';
import { commandLine, endProcess } from './running-process.ts';

/** A program that must run as long as the platform does. */
export interface ProcessSpec {
  /** Of its pid file and its log. */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Whether it does its work; asked until it says so. A rejection counts as "not yet". */
  ready: () => Promise<boolean>;
  /** How it is asked to end, gentlest first. Default SIGTERM, SIGKILL. */
  shutdown?: readonly NodeJS.Signals[];
  /** How long each of them may take. Default 15 000 ms. */
  patienceMs?: number;
}

export interface SupervisorOptions {
  /** Where `<name>.pid` are written. */
  runDir: string;
  /** Where `<name>.log` are written; the one before is kept as `<name>.log.1` once it is large. */
  logDir: string;
  /** Parts of the command lines of our processes, by which a pid of an earlier run is believed. */
  marks: readonly string[];
  say: (line: string) => void;
  /** Told of each process that ended without having been asked to. */
  onDeath?: (name: string) => void;
}

const READY_WITHIN_MS = 120_000; // migrations on a busy machine
const LEFTOVER_WITHIN_MS = 5_000;
const SHORT_LIFE_MS = 5_000;
const LONGEST_PAUSE_MS = 1_000; // a killed process is to be back within 2 seconds
const LARGE_LOG = 10 * 1_048_576;

/** Starts processes, keeps their pids in files, and starts again whatever ends without having been asked to. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<string, Keeper>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    for (const folder of [options.runDir, options.logDir]) mkdirSync(folder, { recursive: true });
  }

  /** Ends what an earlier, killed run left behind, provided that the pids in its files still are what they were. */
  async endLeftovers(): Promise<void> {
    const { runDir, marks } = this.#options;
    const files = readdirSync(runDir).filter((name) => name.endsWith('.pid'));
    const end = async (file: string) => {
      const pid = Number(readIfThere(join(runDir, file)));
      const isOurs = () => marks.some((mark) => commandLine(pid).includes(mark));
      // SIGINT is what PostgreSQL calls a fast shutdown; a service closes in order, too.
      if (pid > 0) await endProcess(pid, ['SIGINT', 'SIGTERM', 'SIGKILL'], LEFTOVER_WITHIN_MS, isOurs);
      rmSync(join(runDir, file), { force: true });
    };
    await Promise.all(files.map(end));
  }

  /** Resolves when the process is ready. Rejects, with the last of what it said, when it does not become so. */
  async start(spec: ProcessSpec): Promise<void> {
    if (this.#running.has(spec.name)) throw new Error(`${spec.name} is running already`);
    const keeper = new Keeper(spec, this.#options);
    this.#running.set(spec.name, keeper);
    await keeper.start();
  }

  /** Ends the process in good order. */
  async stop(name: string): Promise<void> {
    await this.#running.get(name)?.stop();
    this.#running.delete(name);
  }
}

/** What it said last is in the message. */
export class DoesNotComeUp extends Error {}

/** Keeps one process running. */
class Keeper {
  readonly #spec: ProcessSpec;
  readonly #options: SupervisorOptions;
  readonly #pidFile: string;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #startedAt = 0;
  /** The size of the log when the present process was started. */
  #loggedBefore = 0;
  #pauseMs = 0;
  #deaths = 0;
  #lastWords = '';
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;
  #failure: Error | undefined;

  constructor(spec: ProcessSpec, options: SupervisorOptions) {
    this.#spec = spec;
    this.#options = options;
    this.#pidFile = join(options.runDir, `${spec.name}.pid`);
    this.#logFile = join(options.logDir, `${spec.name}.log`);
  }

  async start(): Promise<void> {
    if (fileSize(this.#logFile) > LARGE_LOG) renameSync(this.#logFile, `${this.#logFile}.1`);
    this.#spawn();
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      if (this.#failure) throw this.#failure;
      if (this.#stopping) return;
      if (await this.#spec.ready().catch(() => false)) return;
      if (this.#deaths > 3 || Date.now() > deadline) {
        const said = this.#deaths > 0 ? this.#lastWords : this.#said();
        throw new DoesNotComeUp(`${this.#spec.name} does not come up (${this.#logFile}):\n${said}`);
      }
      await delay(50);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    const { shutdown = ['SIGTERM', 'SIGKILL'], patienceMs = 15_000 } = this.#spec;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null)
      await endProcess(child.pid, shutdown, patienceMs);
    rmSync(this.#pidFile, { force: true });
  }

  #spawn(): void {
    const { command, args, env, cwd, uid, gid } = this.#spec;
    this.#loggedBefore = fileSize(this.#logFile);
    const log = openSync(this.#logFile, 'a');
    const [first, ...rest] = [...endsWithParent('TERM'), command, ...args];
    // A group of its own: Ctrl-C is for the supervisor, which then ends everything in order.
    const child = spawn(first!, rest, { env, cwd, uid, gid, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    this.#startedAt = Date.now();
    child.once('error', (error) => {
      this.#failure = new Error(`${this.#spec.name} could not be started: ${error.message}`, {
        cause: error,
      });
    });
    child.once('exit', (code, signal) => this.#onExit(code ?? signal));
    if (child.pid === undefined) return;
    writeFileSync(`${this.#pidFile}.new`, `${child.pid}\n`);
    renameSync(`${this.#pidFile}.new`, this.#pidFile); // whoever reads it sees one whole pid
  }

  #onExit(how: number | string | null): void {
    if (this.#stopping) return;
    this.#deaths += 1;
    this.#options.onDeath?.(this.#spec.name);
    this.#lastWords = this.#said();
    const lived = Date.now() - this.#startedAt;
    // 100, 200, 400, 800, 1000 ms … while it keeps falling over; at once after a long life
    this.#pauseMs = lived > SHORT_LIFE_MS ? 0 : Math.min(LONGEST_PAUSE_MS, Math.max(100, this.#pauseMs * 2));
    this.#options.say(
      `${this.#spec.name} ended (${how}) after ${Math.round(lived / 1000)} s; starting it again`,
    );
    this.#restart = setTimeout(() => this.#spawn(), this.#pauseMs);
  }

  /** What the present process has said, its end. */
  #said(): string {
    return readFileSync(this.#logFile).subarray(this.#loggedBefore).toString('utf8').trim().slice(-2_000);
  }
}

function fileSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
