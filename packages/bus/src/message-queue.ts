/** What a reader has not read yet: bounded, the oldest goes first when it is slow. */
export class MessageQueue<T> implements AsyncIterableIterator<T> {
  readonly #items: T[] = [];
  readonly #max: number;
  #readers: PromiseWithResolvers<IteratorResult<T>>[] = [];
  #room: (() => void)[] = [];
  #ended = false;
  #error: Error | undefined;
  dropped = 0;
  /** Called once, when the reader leaves its loop or `end` is called. */
  onEnd: (() => void) | undefined;

  constructor(max: number) {
    if (!(max >= 1)) throw new RangeError(`expected a buffer of at least 1 message, got ${max}`);
    this.#max = max;
  }

  /** Adds one, dropping the oldest where there is no room. */
  push(item: T): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ value: item, done: false });
      return;
    }
    if (this.#items.length >= this.#max) {
      this.#items.shift();
      this.dropped += 1;
    }
    this.#items.push(item);
  }

  /** Resolves when one more fits without dropping, or when the queue has ended. */
  async room(): Promise<void> {
    while (!this.#ended && this.#items.length >= this.#max) {
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
  }

  /** Ends the reading, with an error for the reader if given. What is unread is discarded. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#items.length = 0;
    for (const resolve of this.#room.splice(0)) resolve();
    for (const reader of this.#readers.splice(0)) {
      if (this.#error) {
        reader.reject(this.#error);
        this.#error = undefined;
      } else reader.resolve({ value: undefined, done: true });
    }
    this.onEnd?.();
  }

  get waiting(): number {
    return this.#items.length;
  }

  get ended(): boolean {
    return this.#ended;
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#room.shift()?.();
      return Promise.resolve({ value: item, done: false });
    }
    if (this.#error) {
      const error = this.#error;
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    const reader = Promise.withResolvers<IteratorResult<T>>();
    this.#readers.push(reader);
    return reader.promise;
  }

  return(): Promise<IteratorResult<T>> {
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
