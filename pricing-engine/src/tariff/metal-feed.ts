import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TariffError } from '@alexandrite/tariff';
import { fixingAt, type MetalFixing, mergeFixings, parseFixings } from '@alexandrite/tariff/metal-fixings';

export interface MetalFeedOptions {
  /** A file, or an address that begins with http:// or https://. */
  source: string;
  /** The file of everything the feed has ever said: by it old prices can be computed again. */
  history: string;
  /** How often the source is read. */
  everyMs: number;
  /** When the newest fixing is older, prices are made of it all the same, and say so. */
  maxAgeMs: number;
  onTakenUp?: (newest: MetalFixing) => void;
  onRefused?: (error: Error) => void;
}

const maxBytes = 1_048_576; // 1 MiB: some years of fixings
const timeoutMs = 10_000; // 10 seconds
const mostKept = 5_000;

/** The metals' prices as a feed tells them. A feed that is away, or wrong, changes nothing; `onRefused` hears of it. */
export class MetalFeed implements AsyncDisposable {
  readonly #options: MetalFeedOptions;
  readonly #stop = new AbortController();
  #fixings: readonly MetalFixing[] = [];
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();

  static async open(options: MetalFeedOptions): Promise<MetalFeed> {
    const feed = new MetalFeed(options);
    await feed.#readHistory();
    await feed.refresh();
    feed.#timer = setInterval(() => void feed.refresh(), options.everyMs).unref();
    return feed;
  }

  private constructor(options: MetalFeedOptions) {
    this.#options = options;
  }

  /** The fixing of an instant, and whether it was too old by then; null before the first. */
  at(instant: Date): { fixing: MetalFixing; isStale: boolean } | null {
    const fixing = fixingAt(this.#fixings, instant);
    return fixing && { fixing, isStale: +instant - +fixing.validFrom > this.#options.maxAgeMs };
  }

  /** Reads the source now; one reading at a time. Never rejects. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#refresh());
    return this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#reading;
  }

  async #refresh(): Promise<void> {
    const { source, onTakenUp, onRefused } = this.#options;
    if (this.#stop.signal.aborted) return;
    try {
      const fresh = parseFixings(await this.#read(source), source);
      const merged = mergeFixings(this.#fixings, fresh, source).slice(-mostKept);
      const isNew = merged.length !== this.#fixings.length;
      this.#fixings = merged;
      if (!isNew) return;
      await this.#keep();
      onTakenUp?.(merged.at(-1)!);
    } catch (error) {
      if (!this.#stop.signal.aborted) onRefused?.(error as Error);
    }
  }

  async #read(source: string): Promise<string> {
    if (!/^https?:\/\//.test(source)) {
      const { size } = await stat(source);
      if (size > maxBytes) throw tooLarge(source, size);
      return readFile(source, 'utf8');
    }
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(source, { signal, headers: { accept: 'application/json' } });
    if (!response.ok || !response.body) throw new Error(`${source} answered ${response.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(source, bytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  async #readHistory(): Promise<void> {
    const { history, onRefused } = this.#options;
    try {
      this.#fixings = parseFixings(await readFile(history, 'utf8'), history);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onRefused?.(error as Error);
    }
  }

  async #keep(): Promise<void> {
    const { history } = this.#options;
    const draft = `${history}.${process.pid}.draft`;
    await mkdir(dirname(history), { recursive: true });
    await writeFile(draft, `${JSON.stringify({ fixings: this.#fixings }, null, 1)}\n`);
    await rename(draft, history); // nobody reads half of it
  }
}

function tooLarge(source: string, bytes: number): TariffError {
  const text = `${source}: expected at most ${maxBytes} bytes of metal prices, got ${bytes}`;
  return new TariffError('INVALID_METAL_PRICES', { en: text, ru: text });
}
