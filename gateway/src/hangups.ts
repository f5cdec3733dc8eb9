import { isatty } from 'node:tty';

/**
 * SIGHUP, as a wish for a new supergraph: by itself it would end the process. It ends it still when it comes from a
 * terminal that has gone. Owns the signal: for `main.ts` only.
 */
export class Hangups implements Disposable {
  readonly #hadTerminal = isatty(0);
  readonly #onSignal = () => this.#hear();
  #reload: (() => Promise<void>) | undefined;

  constructor() {
    process.on('SIGHUP', this.#onSignal);
  }

  /** What to do from now on; a signal that comes before is not needed, since the supergraph is read then anyway. */
  bringTo(reload: () => Promise<void>): void {
    this.#reload = reload;
  }

  #hear(): void {
    if (this.#hadTerminal && !isatty(0)) process.kill(process.pid, 'SIGTERM');
    else void this.#reload?.();
  }

  [Symbol.dispose](): void {
    this.#reload = undefined;
    // The handler stays: whoever hangs up while this process ends shall not cut it short.
  }
}
