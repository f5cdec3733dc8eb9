import { isatty } from 'node:tty';

/**
 * SIGHUP, as a wish for a new supergraph: by itself it would end the process. It ends it still when it comes from a
 * terminal that has gone. Owns the signal: for `main.ts` only.
 */
export class Hangups implements Disposable {
  readonly #hadTerminal = isatty(0);
  readonly #onSignal = () => this.#hear();
  #reload: (() => Promise<void>) | undefined;
  #missed = false;

  constructor() {
    process.on('SIGHUP', this.#onSignal);
  }

  /** What to do from now on, and now if the signal has come already. `reload` does not reject. */
  bringTo(reload: () => Promise<void>): void {
    this.#reload = reload;
    if (this.#missed) void reload();
  }

  #hear(): void {
    if (this.#hadTerminal && !isatty(0)) process.kill(process.pid, 'SIGTERM');
    else if (this.#reload) void this.#reload();
    else this.#missed = true;
  }

  [Symbol.dispose](): void {
    this.#reload = undefined;
    // The handler stays: whoever hangs up while this process ends shall not cut it short.
  }
}
