import { fork } from 'node:child_process';
import type { Limits } from '../limits.ts';
import type { Measured } from '../measure-model.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { AloneAnswer, AloneQuestion } from './alone.ts';
import { WorkerDied } from './pool.ts';

/** So much longer than its time limit the process may take to start and to answer. */
const startMs = 5_000;

/**
 * Measures a model in a process of its own, with a thread in it: whatever the model does to it, nobody else notices.
 * Slower by the start of a process, so for models that have ended a process before. Rejects as `Pool.run` does.
 */
export function measureAlone(bytes: Uint8Array, limits: Limits, signal: AbortSignal): Promise<Measured> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Measured>();
  const child = fork(new URL('./alone.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const settle = (how: () => void) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    child.removeAllListeners();
    child.on('error', () => {}); // what a killed process still says
    child.kill('SIGKILL');
    how();
  };
  const onAbort = () => settle(() => reject(signal.reason));
  const timer = setTimeout(
    () => settle(() => reject(refuse('TIME_LIMIT', limits.timeLimitMs))),
    limits.timeLimitMs + startMs,
  );
  signal.addEventListener('abort', onAbort, { once: true });
  child.on('message', (answer: AloneAnswer) =>
    settle(() => {
      if (answer.kind === 'measured') resolve(answer.measured);
      else if (answer.kind === 'refused') reject(new Refusal(answer.code, answer.text));
      else reject(new WorkerDied('the thread of its own process met a fault', { cause: answer.reason }));
    }),
  );
  child.on('error', (error) =>
    settle(() => reject(new WorkerDied('its own process failed', { cause: error }))),
  );
  child.on('exit', (code, killedBy) =>
    settle(() => reject(new WorkerDied(`its own process ended with ${killedBy ?? code}`))),
  );
  const question: AloneQuestion = { bytes, limits };
  child.send(question, (error) => {
    if (error) settle(() => reject(new WorkerDied('its own process took no question', { cause: error })));
  });
  return promise;
}
