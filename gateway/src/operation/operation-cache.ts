import type { CompiledOperation } from './compile.ts';

/** Compiled operations, the least recently used leave first. Equal operations that arrive together are compiled once. */
export class OperationCache {
  readonly #entries = new Map<string, Promise<CompiledOperation>>();
  readonly #limit: number;
  hits = 0;
  misses = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string, compile: () => Promise<CompiledOperation>): Promise<CompiledOperation> {
    const known = this.#entries.get(key);
    if (known) {
      this.hits++;
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    this.misses++;
    const compiling = compile();
    this.#entries.set(key, compiling);
    // A refusal is not kept: there are endlessly many documents that are wrong.
    compiling.catch(() => {
      if (this.#entries.get(key) === compiling) this.#entries.delete(key);
    });
    if (this.#entries.size > this.#limit) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    return compiling;
  }

  get size(): number {
    return this.#entries.size;
  }
}
