/**
 * Collects what has to be closed, in the order it was opened, and closes it last-in-first-out.
 *
 * One closer failing does not stop the others; the first error is thrown when all have run. Disposing twice is
 * harmless: the second call waits for the first.
 */
export class Closers implements AsyncDisposable {
  readonly #closers: { name: string; close: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  /** Remembers how to close something. `name` is what the error says if it fails. */
  add(name: string, close: () => unknown): void {
    if (this.#closing) throw new Error(`cannot open ${name}: closing has begun`);
    this.#closers.push({ name, close });
  }

  /** Remembers a disposable and returns it: `const bus = closers.use(await openBus())`. */
  use<T extends AsyncDisposable | Disposable>(resource: T, name: string = resource.constructor.name): T {
    this.add(name, () =>
      Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose](),
    );
    return resource;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    let first: Error | undefined;
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      try {
        await closer.close();
      } catch (cause) {
        first ??= new Error(`closing ${closer.name} failed: ${reason(cause)}`, { cause });
      }
    }
    if (first) throw first;
  }
}

/**
 * Opens several things in a row. When a later one fails, those already opened are closed before the error is thrown;
 * the error of the opening wins over errors of the closing.
 */
export async function openAll<T>(
  open: (closers: Closers) => Promise<T>,
): Promise<{ value: T; closers: Closers }> {
  const closers = new Closers();
  try {
    return { value: await open(closers), closers };
  } catch (error) {
    try {
      await closers[Symbol.asyncDispose]();
    } catch (closing) {
      throw new AggregateError([error, closing], reason(error), { cause: error });
    }
    throw error;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
