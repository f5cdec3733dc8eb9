import { parentPort, workerData } from 'node:worker_threads';
import { defaultLimits } from '../../src/limits.ts';
import { measureModel } from '../../src/measure-model.ts';
import { Refusal } from '../../src/refusal.ts';
import { mutated } from './mutate.ts';
import { Random } from './random.ts';
import { validFiles } from './valid-files.ts';

/** Measures mutated files one after the other and says which is at hand, so that a hang has a name. */
const { from, to } = workerData as { from: number; to: number };
const limits = { ...defaultLimits, maxBytes: 1_048_576, maxTriangles: 20_000, maxShells: 500 };
const files = validFiles();
const codes: Record<string, number> = {};
for (let seed = from; seed < to; seed++) {
  parentPort?.postMessage({ kind: 'begins', seed });
  const code = await outcome(seed);
  codes[code] = (codes[code] ?? 0) + 1;
}
parentPort?.postMessage({ kind: 'done', codes, rssMb: process.memoryUsage().rss / 1_048_576 });

async function outcome(seed: number): Promise<string> {
  const bytes = mutated(files, new Random(seed));
  try {
    const { features } = await measureModel(bytes, { limits, onStep: () => {}, findKnown: async () => null });
    if (Number.isFinite(features.volumeMm3) && features.volumeMm3 > 0) return 'MEASURED';
    throw new Error(`a volume of ${features.volumeMm3}`);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    parentPort?.postMessage({ kind: 'failed', seed, error });
    return 'FAILED';
  }
}
