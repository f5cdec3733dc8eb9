import type { CompiledOperation } from './compile.ts';

/** An operation that is compiled, or about to be; a link of the chain from the least to the most recently used. */
interface Entry {
  text: string;
  operationName: string | null;
  compiling: Promise<CompiledOperation>;
  /** Null until it is compiled. */
  compiled: CompiledOperation | null;
  uses: number;
  older: Entry | null;
  newer: Entry | null;
}

/** The share of all text that one operation may have: a few long ones shall not drive out all the others. */
const longest = 1 / 16;

/**
 * Compiled operations by their text and name; no hash is needed to find one. The least recently used leave first: when there
 * are too many, or too much text, since what is kept of an operation grows with it. Equal operations that arrive together are
 * compiled once.
 */
export class OperationCache {
  readonly #byText = new Map<string, Map<string | null, Entry>>();
  readonly #limit: number;
  readonly #maxCharacters: number;
  #characters = 0;
  #oldest: Entry | null = null;
  #newest: Entry | null = null;
  size = 0;
  hits = 0;
  misses = 0;

  constructor(limit: number, maxCharacters = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
    this.#maxCharacters = maxCharacters;
  }

  /** What is compiled already: at once, for those who have another way for all else. Only a hit is counted. */
  known(text: string, operationName: string | null): CompiledOperation | null {
    const entry = this.#byText.get(text)?.get(operationName);
    if (!entry?.compiled) return null;
    this.#use(entry);
    return entry.compiled;
  }

  get(
    text: string,
    operationName: string | null,
    compile: () => Promise<CompiledOperation>,
  ): Promise<CompiledOperation> {
    const known = this.#byText.get(text)?.get(operationName);
    if (known) {
      this.#use(known);
      return known.compiling;
    }
    this.misses++;
    const compiling = compile();
    const entry: Entry = {
      text,
      operationName,
      compiling,
      compiled: null,
      uses: 1,
      older: null,
      newer: null,
    };
    this.#add(entry);
    compiling.then(
      (compiled) => {
        entry.compiled = compiled;
        if (this.#weightOf(entry) === 0) this.#remove(entry);
      },
      // A refusal is not kept: there are endlessly many documents that are wrong.
      () => this.#remove(entry),
    );
    while (this.#oldest && (this.size > this.#limit || this.#characters > this.#maxCharacters)) {
      this.#remove(this.#oldest);
    }
    return compiling;
  }

  /** Those of which there is most use, the most used first. */
  hottest(count: number): { text: string; operationName: string | null; uses: number }[] {
    const entries: Entry[] = [];
    for (let entry = this.#newest; entry; entry = entry.older) if (entry.compiled) entries.push(entry);
    entries.sort((a, b) => b.uses - a.uses);
    return entries.slice(0, count).map(({ text, operationName, uses }) => ({ text, operationName, uses }));
  }

  #use(entry: Entry): void {
    this.hits++;
    entry.uses++;
    if (entry === this.#newest) return;
    this.#unlink(entry);
    this.#append(entry);
  }

  #add(entry: Entry): void {
    const named = this.#byText.get(entry.text);
    if (named) named.set(entry.operationName, entry);
    else this.#byText.set(entry.text, new Map([[entry.operationName, entry]]));
    this.#append(entry);
    this.size++;
    this.#characters += this.#weightOf(entry);
  }

  #remove(entry: Entry): void {
    const named = this.#byText.get(entry.text);
    if (named?.get(entry.operationName) !== entry) return;
    named.delete(entry.operationName);
    if (named.size === 0) this.#byText.delete(entry.text);
    this.#unlink(entry);
    this.size--;
    this.#characters -= this.#weightOf(entry);
  }

  /** Nothing for one that is not kept. */
  #weightOf({ text: { length } }: Entry): number {
    return length > this.#maxCharacters * longest ? 0 : length;
  }

  #append(entry: Entry): void {
    entry.older = this.#newest;
    entry.newer = null;
    if (this.#newest) this.#newest.newer = entry;
    else this.#oldest = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry): void {
    if (entry.older) entry.older.newer = entry.newer;
    else this.#oldest = entry.newer;
    if (entry.newer) entry.newer.older = entry.older;
    else this.#newest = entry.older;
  }
}
