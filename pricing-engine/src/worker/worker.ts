import { once } from 'node:events';
import { parentPort } from 'node:worker_threads';
import { measureModel } from '../measure-model.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** The thread of the pool that measures models, one at a time. */
const port = parentPort;
if (!port) throw new Error('worker.ts runs in a worker thread of the pool only');

port.on('message', async (message: ToWorker) => {
  if (message.kind !== 'measure') return; // the answer to a look-up, awaited below
  const { bytes, limits } = message;
  const say = (said: FromWorker) => port.postMessage(said);
  try {
    const measured = await measureModel(bytes, {
      limits,
      onStep: (step) => say({ kind: 'step', step }),
      findKnown: async (trianglesHash) => {
        const answer = once(port, 'message');
        say({ kind: 'lookup', trianglesHash });
        const [known] = (await answer) as [ToWorker];
        if (known.kind !== 'known') throw new Error(`expected the answer to a look-up, got ${known.kind}`);
        return known.features;
      },
    });
    say({ kind: 'measured', measured });
  } catch (error) {
    const refusal = error instanceof Refusal ? error : outOfMemory(error, limits.memoryLimitMb);
    if (refusal) say({ kind: 'refused', code: refusal.code, text: refusal.text });
    else {
      say({ kind: 'fault', error });
      port.close();
    }
  }
});

/** A typed array that could not be had is the model's doing, not ours. */
function outOfMemory(error: unknown, limitMb: number): Refusal | null {
  const wanted = error instanceof RangeError && /alloc|invalid.*array.*length/i.test(error.message);
  return wanted ? refuse('MEMORY_LIMIT', limitMb) : null;
}
