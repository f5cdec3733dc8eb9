import { setTimeout as sleep } from 'node:timers/promises';

/** A bell that one loop waits for. Rung while nobody waits, it is heard by the next wait at once. */
export class Wake {
  #rung = false;
  #heard: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#heard?.();
  }

  /** Until the bell rings, `ms` at most. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#heard = undefined;
    }
    this.#rung = false;
  }

  /** The full time, whoever rings, unless `signal` aborts. */
  async waitFully(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => {}); // only ever the abort
  }
}
