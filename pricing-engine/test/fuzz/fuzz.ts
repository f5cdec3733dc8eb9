import { Worker } from 'node:worker_threads';

export interface Fuzzed {
  inputs: number;
  /** How often each refusal came, and MEASURED. */
  codes: Record<string, number>;
  /** The seeds of inputs that met anything but a refusal or a volume. */
  failures: { seed: number; reason: string }[];
  slowestMs: number;
  slowestSeed: number;
  /** What the process holds at the end more than before: others may work in it, too. */
  grownMb: number;
}

/** An input that takes longer than this hangs. */
const hangsAfterMs = 20_000; // 20 seconds: machines are shared

/** Measures the inputs of seeds `from` up to `to` in a thread of its own; one that hangs ends the run and is named. */
export function fuzz(from: number, to: number, onProgress?: (seed: number) => void): Promise<Fuzzed> {
  const { promise, resolve } = Promise.withResolvers<Fuzzed>();
  const result: Fuzzed = { inputs: 0, codes: {}, failures: [], slowestMs: 0, slowestSeed: from, grownMb: 0 };
  const heldBefore = process.memoryUsage().rss / 1_048_576;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { from, to },
    execArgv: [],
  });
  let seed = from;
  let since = performance.now();
  const settle = () => {
    clearInterval(watch);
    worker.terminate().then(() => resolve(result));
  };
  const ended = () => {
    const ms = performance.now() - since;
    if (ms > result.slowestMs) [result.slowestMs, result.slowestSeed] = [ms, seed];
    since = performance.now();
  };
  const watch = setInterval(() => {
    if (performance.now() - since < hangsAfterMs) return;
    result.failures.push({ seed, reason: 'it hangs' });
    settle();
  }, 1_000);
  worker.on('message', (message) => {
    if (message.kind === 'begins') {
      if (result.inputs > 0) ended();
      else since = performance.now();
      result.inputs++;
      seed = message.seed;
      onProgress?.(seed);
    } else if (message.kind === 'failed') {
      result.failures.push({ seed: message.seed, reason: message.error?.stack ?? String(message.error) });
    } else {
      ended();
      result.codes = message.codes;
      result.grownMb = message.rssMb - heldBefore;
      settle();
    }
  });
  worker.on('error', (error) => {
    result.failures.push({ seed, reason: error.stack ?? String(error) });
    settle();
  });
  return promise;
}
