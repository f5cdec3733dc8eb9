/** Values for everybody who listens, at any time. */
export class Topic<T> {
  readonly #listeners = new Set<(value: T | null) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  complete(): void {
    for (const listener of this.#listeners) listener(null);
  }

  subscribe(): AsyncIterableIterator<T> {
    const waiting: (T | null)[] = [];
    let wake: (() => void) | undefined;
    let over = false;
    const listener = (value: T | null) => {
      waiting.push(value);
      wake?.();
    };
    this.#listeners.add(listener);
    const end = async () => {
      over = true;
      this.#listeners.delete(listener);
      wake?.();
      return { done: true as const, value: undefined };
    };
    return {
      async next() {
        while (waiting.length === 0 && !over) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const value = over ? null : waiting.shift();
        return value === null || value === undefined ? end() : { done: false, value };
      },
      return: end,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
