import { Worker } from 'node:worker_threads';
import { type DocumentNode, print } from 'graphql';
import type { DeferringPlan } from './deferring-plan.ts';
import type { ActiveLabels } from './override-labels.ts';

export interface ToPlan {
  id: number;
  text: string;
  operationName: string | undefined;
  labels: ActiveLabels;
}

export interface Planned {
  id: number;
  plan?: DeferringPlan;
  /** Why there is none. */
  reason?: string;
}

/** Operations that wait for their plan at a time: each may be as laborious as documents may be. */
const maxWaiting = 64;
const deadlineMs = 10_000; // 10 seconds, the wait for those before it included
const idleMs = 60_000; // 1 minute: then the thread gives its memory back
const heapMb = 1_024;
const program = new URL('./deferring-thread.ts', import.meta.url);

/**
 * Plans operations with `@defer`, which only Apollo's planner knows: in a thread of its own, since large ones take it
 * seconds, and requests go on meanwhile. The thread is there as long as it is needed; it keeps no process alive.
 */
export class DeferringPlanner implements Disposable {
  readonly #sdl: string;
  readonly #waiting = new Map<number, PromiseWithResolvers<DeferringPlan>>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #ids = 0;

  /** `sdl` is known to be valid. */
  constructor(sdl: string) {
    this.#sdl = sdl;
  }

  /** Each `@defer` of the document has a label of its own. Rejects when there is no plan, or not in time. */
  async plan(
    document: DocumentNode,
    operationName: string | undefined,
    labels: ActiveLabels,
  ): Promise<DeferringPlan> {
    if (this.#waiting.size >= maxWaiting) throw new Error(`${maxWaiting} operations wait for their plan`);
    clearTimeout(this.#idle);
    const id = this.#ids++;
    const planned = Promise.withResolvers<DeferringPlan>();
    this.#waiting.set(id, planned);
    const deadline = setTimeout(() => this.#stop(`not planned within ${deadlineMs} ms`), deadlineMs);
    try {
      const toPlan: ToPlan = { id, text: print(document), operationName, labels };
      this.#started().postMessage(toPlan);
      return await planned.promise;
    } finally {
      clearTimeout(deadline);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#stop('idle'), idleMs).unref();
    }
  }

  /** Who waits is told that there is no plan. It can be used again. */
  [Symbol.dispose](): void {
    clearTimeout(this.#idle);
    this.#stop('the planner is closed');
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(program, {
      workerData: { sdl: this.#sdl },
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      execArgv: [],
      env: {},
    });
    worker.on('message', ({ id, plan, reason }: Planned) => {
      const planned = this.#waiting.get(id);
      if (plan) planned?.resolve(plan);
      else planned?.reject(new Error(reason));
    });
    worker.on('error', (error) => this.#lose(worker, String(error)));
    worker.on('exit', (code) => this.#lose(worker, `the planner's thread has ended with ${code}`));
    // Whoever listens holds the process.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #stop(reason: string): void {
    const worker = this.#worker;
    if (!worker) return;
    this.#lose(worker, reason);
    void worker.terminate();
  }

  /** Who waits for this thread waits in vain; the next one to ask gets another. */
  #lose(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const planned of this.#waiting.values()) planned.reject(new Error(reason));
  }
}
