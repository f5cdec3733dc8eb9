import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { readIfThere } from '../read-if-there.ts';

interface Entry {
  key: string;
  orderId?: string;
  done?: true;
}

/** What has been sown already: a journal, one line for each thing done, so that an interruption loses nothing. */
export class SeedProgress {
  readonly #file: string;
  readonly #orders = new Map<string, string>();
  readonly #done = new Set<string>();

  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    for (const line of (readIfThere(file) ?? '').split('\n')) {
      if (!line.endsWith('}')) continue; // cut off by a crash: not known to be done
      const { key, orderId, done } = JSON.parse(line) as Entry;
      if (orderId !== undefined) this.#orders.set(key, orderId);
      if (done) this.#done.add(key);
    }
  }

  isDone(key: string): boolean {
    return this.#done.has(key);
  }

  orderOf(key: string): string | undefined {
    return this.#orders.get(key);
  }

  created(key: string, orderId: string): void {
    this.#orders.set(key, orderId);
    this.#append({ key, orderId });
  }

  finished(key: string): void {
    this.#done.add(key);
    this.#append({ key, done: true });
  }

  /** Everything so far survives a power cut. */
  flush(): void {
    const file = openSync(this.#file, 'a');
    fsyncSync(file);
    closeSync(file);
  }

  #append(entry: Entry): void {
    appendFileSync(this.#file, `\n${JSON.stringify(entry)}`); // the newline first: a torn line stays alone
  }
}
