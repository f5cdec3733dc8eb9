import { constants } from 'node:os';
import { Closers } from './closers.ts';

/** What `runUntilSignal` says; a pino logger fits. */
export interface LifecycleLog {
  info(attributes: object, message: string): void;
  error(attributes: object, message: string): void;
}

export interface RunOptions {
  /** How long closing may take before the process ends anyway. Default 10 000 ms. */
  deadlineMs?: number;
  /** A second signal sooner than this is the same wish: npm and a terminal deliver one twice. Default 1 000 ms. */
  sameSignalMs?: number;
}

/**
 * Runs a service process: `start` opens everything and registers it with `closers`; the first SIGINT or SIGTERM closes
 * it last-in-first-out, and the process then dies of that same signal, so that whoever started it sees why. A signal
 * more than a second later, or the deadline, ends it at once. A failing start closes what was open and exits with 1.
 *
 * Owns the process: call it from `main.ts` only, and do nothing after it.
 */
export async function runUntilSignal(
  log: LifecycleLog,
  start: (closers: Closers) => Promise<void>,
  { deadlineMs = 10_000, sameSignalMs = 1_000 }: RunOptions = {},
): Promise<void> {
  const closers = new Closers();
  const { promise: signalled, resolve: signal } = Promise.withResolvers<NodeJS.Signals>();
  let firstAt: number | undefined;

  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      log.info({ signal: name }, 'stopping');
      setTimeout(() => {
        log.error({ deadlineMs }, 'closing took too long, ending anyway');
        process.exit(1);
      }, deadlineMs).unref();
      signal(name);
    } else if (now - firstAt > sameSignalMs) {
      log.error({ signal: name }, 'second signal, ending at once');
      process.exit(128 + constants.signals[name]);
    }
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);

  try {
    await start(closers);
  } catch (error) {
    log.error({ err: error }, 'could not start');
    await closeOrReport(closers, log);
    process.exit(1);
  }
  const name = await signalled;
  const clean = await closeOrReport(closers, log);
  if (!clean) process.exit(1);
  log.info({ signal: name }, 'stopped');
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  process.kill(process.pid, name);
  // Process 1 of a container does not die of a signal it does not handle.
  setTimeout(() => process.exit(128 + constants.signals[name]), 200);
}

async function closeOrReport(closers: Closers, log: LifecycleLog): Promise<boolean> {
  try {
    await closers[Symbol.asyncDispose]();
    return true;
  } catch (error) {
    log.error({ err: error }, 'closing failed');
    return false;
  }
}
