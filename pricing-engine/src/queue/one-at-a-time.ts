/** Works on one thing of a name at a time; who comes second waits for the first, whatever becomes of it. */
export class OneAtATime {
  readonly #underWay = new Map<string, Promise<unknown>>();

  /** Rejects with what `work` rejects with, or with the signal's reason while it waits. */
  async run<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let other = this.#underWay.get(name); other; other = this.#underWay.get(name)) {
      signal.throwIfAborted();
      const aborted = Promise.withResolvers<never>();
      const giveUp = () => aborted.reject(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      await Promise.race([other, aborted.promise]).finally(() => signal.removeEventListener('abort', giveUp));
    }
    const done = Promise.withResolvers<void>();
    this.#underWay.set(name, done.promise);
    try {
      return await work();
    } finally {
      this.#underWay.delete(name);
      done.resolve();
    }
  }
}
