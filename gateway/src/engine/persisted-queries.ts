/** What Apollo Server puts before the hashes of the queries that it persists. */
const prefix = 'apq:';

/**
 * The documents that clients have registered by their sha256, in the shape in which Apollo Server keeps them; the direct
 * way looks them up without a promise. The least recently used leave first. A document that has left is asked for again by
 * the protocol.
 */
export class PersistedQueries {
  readonly #texts = new Map<string, string>();
  readonly #limit: number;
  #length = 0;

  /** `limit` is how much text is kept, in characters. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  known(hash: string): string | undefined {
    return this.#read(prefix + hash);
  }

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.#read(key));
  }

  async set(key: string, text: string): Promise<void> {
    this.#remove(key);
    if (text.length > this.#limit) return;
    this.#texts.set(key, text);
    this.#length += text.length;
    for (const oldest of this.#texts.keys()) {
      if (this.#length <= this.#limit) break;
      this.#remove(oldest);
    }
  }

  async delete(key: string): Promise<void> {
    this.#remove(key);
  }

  #read(key: string): string | undefined {
    const text = this.#texts.get(key);
    if (text !== undefined) {
      this.#texts.delete(key);
      this.#texts.set(key, text);
    }
    return text;
  }

  #remove(key: string): void {
    const text = this.#texts.get(key);
    if (text === undefined) return;
    this.#texts.delete(key);
    this.#length -= text.length;
  }
}
