import type { Log } from '@alexandrite/telemetry/log';
import type { Generation } from './generation.ts';

type Listener = (generation: Generation) => void;

/** The generation that new requests get, and those before it that still have some to finish. */
export class Generations implements AsyncDisposable {
  #current: Generation;
  readonly #ending = new Set<Promise<void>>();
  readonly #listeners: Listener[] = [];
  readonly #log: Log;

  constructor(first: Generation, log: Log) {
    this.#current = first;
    this.#log = log;
  }

  readonly current = (): Generation => this.#current;

  /** How many there are: the current one, and those before it that are still used. */
  get alive(): number {
    return 1 + this.#ending.size;
  }

  /** Listeners are called in the turn of the change, in their order. */
  readonly onInstalled = (listener: Listener): void => {
    this.#listeners.push(listener);
  };

  /** From now on new requests get this one; those under way keep theirs. */
  install(generation: Generation): void {
    const before = this.#current;
    this.#current = generation;
    const ending = before
      .retire()
      .then(() => this.#log.debug({ generation: before.number }, 'a generation of the supergraph has ended'))
      .catch((error: unknown) => {
        this.#log.warn({ err: error, generation: before.number }, 'a generation could not be closed');
      })
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    for (const listener of this.#listeners) listener(generation);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#current.retire(), ...this.#ending]);
  }
}
