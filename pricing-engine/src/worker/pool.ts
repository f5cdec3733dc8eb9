import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { UnknownModel } from '../estimate-price.ts';
import type { Features } from '../features.ts';
import type { CongruenceCandidate } from '../identity/known-models.ts';
import type { Signature } from '../identity/signature.ts';
import type { Limits } from '../limits.ts';
import type { Measured, Step } from '../measure-model.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

export interface PoolOptions {
  /** Threads; also how many models are measured at a time. */
  size: number;
  limits: Limits;
  /** How many may wait for a thread before `run` throws. Default: four a thread. */
  maxWaiting?: number;
}

export interface RunOptions {
  /** Of the bytes, where it is known already. Default: computed. */
  sha256?: string;
  onStep?: (step: Step) => void;
  /** Asked when the triangles are known. Default: nothing is known. */
  findKnown?: (trianglesHash: string) => Promise<Features | null>;
  /** Asked next: shapes that this one may be, moved or turned. Default: none, and the shape is not told either. */
  findShapes?: (signature: Signature) => Promise<CongruenceCandidate[]>;
  /** Called when neither is known, before the model is measured. */
  onUnknown?: (model: UnknownModel) => void;
  /** Ends the computation, wherever it is. */
  signal?: AbortSignal;
}

/** The thread ended without a result: a fault of ours or of the machine, so that another attempt makes sense. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

/**
 * Threads that measure models. Each model has a thread to itself: one that takes too long is ended, one that dies takes
 * no other model along, and a new thread takes its place. Threads are started when first needed and kept.
 */
export class Pool implements AsyncDisposable {
  readonly size: number;
  readonly #limits: Limits;
  readonly #maxWaiting: number;
  readonly #idle: Worker[] = [];
  readonly #workers = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #closed = false;

  constructor({ size, limits, maxWaiting = size * 4 }: PoolOptions) {
    this.size = size;
    this.#limits = limits;
    this.#maxWaiting = maxWaiting;
  }

  /** Models being measured. */
  get busy(): number {
    return this.#busy;
  }

  /**
   * Measures one model; `bytes` are handed over to the thread and empty afterwards.
   * Rejects with a `Refusal` (the model's doing), `WorkerDied`, the signal's reason, or an Error when too many wait.
   */
  async run(bytes: Uint8Array<ArrayBuffer>, options: RunOptions = {}): Promise<Measured> {
    await this.#turn(options.signal);
    try {
      options.signal?.throwIfAborted();
      return await this.#measure(bytes, options);
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  /** Starts all threads now, so that the first model does not wait for one. Resolves when they can take work. */
  async warm(): Promise<void> {
    const ready = Array.from({ length: this.size - this.#workers.size }, async () => {
      const worker = this.#start();
      await once(worker, 'online');
      worker.unref();
      this.#idle.push(worker);
    });
    await Promise.all(ready);
  }

  /** Ends all threads; what they were measuring is rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  async #turn(signal?: AbortSignal): Promise<void> {
    if (this.#closed) throw new Error('the pool is closed');
    if (this.#busy >= this.size) {
      if (this.#waiting.length >= this.#maxWaiting)
        throw new Error(`more than ${this.#maxWaiting} models wait for a thread`);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(resolve), 1);
        reject(signal?.reason);
      };
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', giveUp, { once: true });
      await promise.finally(() => signal?.removeEventListener('abort', giveUp));
    }
    this.#busy++;
  }

  #measure(
    bytes: Uint8Array<ArrayBuffer>,
    { sha256, onStep, findKnown, findShapes, onUnknown, signal }: RunOptions,
  ): Promise<Measured> {
    const { promise, resolve, reject } = Promise.withResolvers<Measured>();
    const worker = this.#idle.pop() ?? this.#start();
    worker.ref();
    const say = (said: ToWorker, transfer: ArrayBuffer[] = []) => worker.postMessage(said, transfer);

    const onMessage = (message: FromWorker) => {
      if (message.kind === 'step') onStep?.(message.step);
      else if (message.kind === 'unknown') onUnknown?.(message.model);
      else if (message.kind === 'triangles') {
        // A cache that cannot be asked knows nothing.
        answer(findKnown?.(message.trianglesHash), null, (features) => say({ kind: 'known', features }));
      } else if (message.kind === 'shape') {
        answer(findShapes?.(message.signature), [], (candidates) => say({ kind: 'candidates', candidates }));
      } else if (message.kind === 'measured') finish(() => resolve(message.measured));
      else if (message.kind === 'refused') finish(() => reject(new Refusal(message.code, message.text)));
      else end(new WorkerDied('the thread met a fault', { cause: message.error }));
    };
    const onError = (error: Error & { code?: string }) =>
      end(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? refuse('MEMORY_LIMIT', this.#limits.memoryLimitMb)
          : new WorkerDied('the thread died', { cause: error }),
      );
    const onExit = (code: number) => end(new WorkerDied(`the thread ended with code ${code}`));
    const onAbort = () => end(signal?.reason);
    const timer = setTimeout(
      () => end(refuse('TIME_LIMIT', this.#limits.timeLimitMs)),
      this.#limits.timeLimitMs,
    );

    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const finish = (settle: () => void) => {
      release();
      worker.unref(); // an idle thread keeps no process alive
      this.#idle.push(worker);
      settle();
    };
    const end = (reason: unknown) => {
      release();
      this.#workers.delete(worker);
      // Whatever it says while it ends is about a model that is settled.
      worker.on('error', () => {});
      worker.terminate().then(
        () => reject(reason),
        () => reject(reason),
      );
    };

    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal?.addEventListener('abort', onAbort, { once: true });
    const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    const wants = { asksForShapes: findShapes !== undefined, saysUnknown: onUnknown !== undefined };
    say({ kind: 'measure', bytes: whole, sha256, limits: this.#limits, ...wants }, [whole.buffer]);
    return promise;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.memoryLimitMb },
    });
    this.#workers.add(worker);
    // One that ends between two models is not offered again.
    worker.once('exit', () => {
      this.#workers.delete(worker);
      const at = this.#idle.indexOf(worker);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    return worker;
  }
}

function answer<T>(asked: Promise<T> | undefined, nothing: T, give: (found: T) => void): void {
  Promise.resolve(asked ?? nothing).then(give, () => give(nothing));
}
