import type { SourceOptions, SupergraphSource } from './source.ts';
import { SupergraphError, unreadable } from './supergraph-error.ts';

/** Many gateways that were started together do not ask together: 90 % to 110 % of the interval. */
const jitter = 0.1;

type OnChange = Parameters<SupergraphSource['watch']>[0];

/** A supergraph behind a URL, asked for again and again; what has not changed is not sent again where there are ETags. */
export class UrlSource implements SupergraphSource {
  readonly name: string;
  readonly #options: SourceOptions;
  readonly #closed = new AbortController();
  #etag: string | null = null;
  #next: NodeJS.Timeout | undefined;

  constructor(url: string, options: SourceOptions) {
    // Names and passwords in a URL are nobody's business.
    this.name = Object.assign(new URL(url), { username: '', password: '', search: '' }).href;
    this.#url = url;
    this.#options = options;
  }
  readonly #url: string;

  async read(anew: boolean): Promise<string | null> {
    const { timeoutMs, maxBytes } = this.#options;
    const headers: Record<string, string> = { accept: 'text/plain, */*' };
    if (this.#etag !== null && !anew) headers['if-none-match'] = this.#etag;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.#url, {
        headers,
        signal: AbortSignal.any([this.#closed.signal, deadline]),
      });
      if (response.status === 304 && this.#etag !== null && !anew) return null;
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        throw unreadable(this.name, `answered ${response.status}`);
      }
      const text = await bounded(response.body, maxBytes, this.name);
      this.#etag = response.headers.get('etag');
      return text;
    } catch (cause) {
      if (cause instanceof SupergraphError) throw cause;
      throw unreadable(
        this.name,
        deadline.aborted ? `did not answer within ${timeoutMs} ms` : 'cannot be fetched',
        cause,
      );
    }
  }

  watch(onChange: OnChange): void {
    if (!this.#options.watch || this.#closed.signal.aborted) return;
    const wait = this.#options.pollMs * (1 - jitter + Math.random() * 2 * jitter);
    this.#next = setTimeout(() => {
      // The next time is counted from the answer: no two questions at a time.
      onChange('poll').finally(() => this.watch(onChange));
    }, wait);
    this.#next.unref();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    clearTimeout(this.#next);
    return Promise.resolve();
  }
}

/** Rejects as soon as more has come than may, whatever the headers have said. */
async function bounded(body: ReadableStream<Uint8Array>, maxBytes: number, name: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop ends the transfer.
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw unreadable(name, `is larger than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
