import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { QueryPlan as HivePlan } from '@graphql-hive/router-query-planner';

export interface HiveQuestion {
  text: string;
  operationName: string | undefined;
  /** Labels that are on. */
  labels: readonly string[];
  /** Labels `percent(…)` above it are on. */
  drawn: number;
  timeoutMs: number;
  /** It takes so little that others can wait for it: to hand it to a thread would be a good part of it. */
  brief: boolean;
}

export type ToHiveProcess = { sdl: string } | (HiveQuestion & { id: number });
export type FromHiveProcess = { id: number; plan?: HivePlan; reason?: string };

/** The planner has not answered in time. */
export class PlanningTimeout extends Error {}

const program = fileURLToPath(new URL('./hive-process.js', import.meta.url));
const startMs = 60_000; // a minute: a thousand times what large supergraphs take
/** A planner that has nothing to do is started again when it has. */
const idleMs = 60_000;
const maxStderr = 2_000;

/**
 * Hive's planner in a process of its own. It is written in Rust and panics at some operations, which ends the process that
 * it is in: here that costs the plan of the operation, not the gateway.
 */
export class NativeHive {
  readonly #sdl: string;
  #running: Promise<Running> | undefined;
  /** The same, once it runs. */
  #ready: Running | undefined;
  #idle: NodeJS.Timeout | undefined;

  readonly #threads: number;

  /** `threads` is how many operations are planned at a time. */
  constructor(sdl: string, threads = 4) {
    this.#sdl = sdl;
    this.#threads = threads;
  }

  /** Rejects with the reason when the supergraph cannot be read, or the planner not be run here. */
  async start(): Promise<void> {
    await this.#run();
  }

  /** Rejects with the reason when there is no plan. */
  async plan(question: HiveQuestion): Promise<HivePlan> {
    clearTimeout(this.#idle);
    // At once, where it can be: whoever asks has something else to do meanwhile.
    const running = this.#ready ?? (await this.#run());
    try {
      const { plan } = await running.ask(question, question.timeoutMs);
      if (!plan) throw new Error('there is no plan');
      return plan;
    } finally {
      this.#rest();
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#running?.then(
      (running) => running.end(),
      () => {},
    );
    this.#running = undefined;
    this.#ready = undefined;
  }

  #run(): Promise<Running> {
    clearTimeout(this.#idle);
    if (!this.#running) {
      const running = this.#start();
      this.#running = running;
      const forget = () => {
        if (this.#running !== running) return;
        this.#running = undefined;
        this.#ready = undefined;
      };
      running.then((ready) => {
        if (this.#running === running) this.#ready = ready;
        return ready.ended.then(forget);
      }, forget);
    }
    return this.#running;
  }

  async #start(): Promise<Running> {
    const running = new Running(this.#threads);
    try {
      await running.ask({ sdl: this.#sdl }, startMs);
    } catch (error) {
      running.end();
      throw error;
    }
    this.#rest();
    return running;
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), idleMs);
    this.#idle.unref();
  }
}

class Running {
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #asked = new Map<
    number,
    { answer: PromiseWithResolvers<FromHiveProcess>; kill: NodeJS.Timeout }
  >();
  #ids = 0;
  #stderr = '';

  constructor(threads: number) {
    const { NODE_ENV } = process.env;
    this.#child = fork(program, {
      execArgv: [],
      // No secret of ours is its business.
      env: { UV_THREADPOOL_SIZE: String(threads), ...(NODE_ENV ? { NODE_ENV } : {}) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.#stderr.length < maxStderr) this.#stderr += text;
    });
    this.#child.on('message', ({ id, ...answer }: FromHiveProcess) => {
      const asked = this.#asked.get(id)?.answer;
      if (answer.reason === undefined) asked?.resolve({ id, ...answer });
      else asked?.reject(new Error(answer.reason));
      this.#forget(id);
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => this.#fail(error));
      this.#child.on('close', (code, signal) => {
        const said = /panicked at[\s\S]*?\n.*/.exec(this.#stderr)?.[0] ?? this.#stderr;
        this.#fail(new Error(`the planner ended with ${code ?? signal} ${said.slice(0, 300)}`.trim()));
        resolve();
      });
    });
    this.#hold();
  }

  /**
   * Rejects with a `PlanningTimeout` after `timeoutMs`. The planner goes on with it: told to stop by a signal, it would keep
   * some memory of every plan. What still goes on after twice that time ends with its process.
   */
  async ask(message: { sdl: string } | HiveQuestion, timeoutMs: number): Promise<FromHiveProcess> {
    const id = 'sdl' in message ? 0 : ++this.#ids;
    const answer = Promise.withResolvers<FromHiveProcess>();
    this.#asked.set(id, { answer, kill: setTimeout(() => this.end(), 2 * timeoutMs) });
    this.#hold();
    const late = () => answer.reject(new PlanningTimeout(`there is no plan after ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    try {
      this.#child.send({ id, ...message }, (error) => {
        if (!error) return;
        answer.reject(error);
        this.#forget(id);
      });
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #fail(error: Error): void {
    for (const { answer, kill } of this.#asked.values()) {
      clearTimeout(kill);
      answer.reject(error);
    }
    this.#asked.clear();
    this.#hold();
  }

  #forget(id: number): void {
    clearTimeout(this.#asked.get(id)?.kill);
    this.#asked.delete(id);
    this.#hold();
  }

  /** While it has something to do, and only then, it keeps this process from ending. */
  #hold(): void {
    const hold = this.#asked.size > 0 ? 'ref' : 'unref';
    this.#child[hold]();
    this.#child.channel?.[hold]();
    (this.#child.stderr as { ref?(): void; unref?(): void } | null)?.[hold]?.();
  }
}
