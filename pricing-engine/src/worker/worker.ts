import { once } from 'node:events';
import { parentPort } from 'node:worker_threads';
import type { Signature } from '../identity/signature.ts';
import { measureModel } from '../measure-model.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** The thread of the pool that measures models, one at a time. */
const port = parentPort;
if (!port) throw new Error('worker.ts runs in a worker thread of the pool only');

port.on('message', async (message: ToWorker) => {
  if (message.kind !== 'measure') return; // the answer to a question, awaited below
  const { bytes, sha256, limits, asksForShapes, saysUnknown } = message;
  const say = (said: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(said, transfer);
  const ask = async <K extends ToWorker['kind']>(question: FromWorker, kind: K) => {
    const answer = once(port, 'message');
    say(question);
    const [said] = (await answer) as [ToWorker];
    if (said.kind !== kind) throw new Error(`expected the answer ${kind}, got ${said.kind}`);
    return said as Extract<ToWorker, { kind: K }>;
  };
  const findShapes = async (signature: Signature) =>
    (await ask({ kind: 'shape', signature }, 'candidates')).candidates;
  try {
    const measured = await measureModel(bytes, {
      sha256,
      limits,
      onStep: (step) => say({ kind: 'step', step }),
      findKnown: async (trianglesHash) => (await ask({ kind: 'triangles', trianglesHash }, 'known')).features,
      findShapes: asksForShapes ? findShapes : undefined,
      onUnknown: saysUnknown ? (model) => say({ kind: 'unknown', model }) : undefined,
    });
    const { shape } = measured;
    say({ kind: 'measured', measured }, shape ? [shape.vertices.buffer] : []);
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
