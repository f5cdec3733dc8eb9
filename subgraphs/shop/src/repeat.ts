import { setTimeout as sleep } from 'node:timers/promises';
import { inBackground } from '@alexandrite/database/in-background';
import type { Log } from '@alexandrite/telemetry/log';

/** Does something again and again, `everyMs` after it was done, from now on until disposed. A failure is logged. */
export function repeat(name: string, everyMs: number, log: Log, work: () => Promise<void>): AsyncDisposable {
  const stop = new AbortController();
  const running = (async () => {
    while (!stop.signal.aborted) {
      try {
        await inBackground(work);
      } catch (error) {
        log.error({ err: error }, `${name} failed, it is tried again in ${everyMs / 1_000} s`);
      }
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => {}); // only ever the abort
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
