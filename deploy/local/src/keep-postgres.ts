import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@alexandrite/telemetry/log';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

const LONGEST_PAUSE_MS = 5_000;

/** PostgreSQL that comes back on the same port when somebody kills it; whoever is connected connects again. */
export async function keepPostgres(
  options: PostgresOptions,
  log: Log,
): Promise<Pick<Postgres, 'url'> & AsyncDisposable> {
  let current = await startPostgres(options);
  let stopping = false;
  const { port, url } = current;

  const keeping = (async () => {
    for (let pauseMs = 50; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      await current.exited;
      if (stopping) return;
      log.error({ pauseMs }, 'PostgreSQL ended; starting it again');
      await delay(pauseMs);
      if (stopping) return;
      try {
        current = await startPostgres({ ...options, port });
        pauseMs = 50;
      } catch (error) {
        log.error({ err: error }, 'PostgreSQL does not come back'); // `exited` has settled: tried again after a pause
      }
    }
  })();

  return {
    url,
    async [Symbol.asyncDispose]() {
      stopping = true;
      await current[Symbol.asyncDispose]();
      await keeping;
      await current[Symbol.asyncDispose](); // one that was just being started
    },
  };
}
