import type { Dispatcher } from 'undici';
import connector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';
import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import { isJson } from '../subgraph/read-answer.ts';
import { SubgraphError } from '../subgraph/subgraph.ts';
import { EventStreamReader, type StreamEvent } from './event-stream-reader.ts';
import { isPassing, lost, misunderstood } from './lost.ts';
import { readEvent } from './read-event.ts';
import type { OpenUpstream, Upstream, UpstreamEnd, UpstreamListener, UpstreamRequest } from './upstream.ts';

/** What of an answer that is no stream is read. */
const maxRefusalBytes = 65_536;

/** GraphQL over Server-Sent Events, a connection for each subscription. `next` is the URL to ask. */
export function serverSentEvents(
  subgraph: string,
  next: () => string,
  settings: SubgraphSettings,
): OpenUpstream {
  return (request, listener) => new EventStream(subgraph, next(), settings, request, listener);
}

/** One stream: undici's handler, and what is heard in it. */
class EventStream implements Upstream, Dispatcher.DispatchHandler {
  readonly #subgraph: string;
  readonly #settings: SubgraphSettings;
  readonly #listener: UpstreamListener;
  readonly #client: Client;
  readonly #reader: EventStreamReader;
  readonly #refusal: Buffer[] = [];
  /** Until the answer has begun; then, where it must not be silent for long, until it says something. */
  #timer: NodeJS.Timeout | undefined;
  #status = 0;
  #contentType = '';
  #isStream = false;
  #over = false;

  constructor(
    subgraph: string,
    url: string,
    settings: SubgraphSettings,
    { body, headers }: UpstreamRequest,
    listener: UpstreamListener,
  ) {
    this.#subgraph = subgraph;
    this.#settings = settings;
    this.#listener = listener;
    this.#reader = new EventStreamReader(settings.maxResponseBytes, (event) => this.#heard(event));
    const { origin, pathname, search } = new URL(url);
    this.#client = new Client(origin, {
      connect: connector({ allowH2: false, timeout: settings.connectTimeoutMs }),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const sent = { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' };
    this.#timer = setTimeout(() => {
      const message = `The subgraph "${subgraph}" did not answer within ${settings.timeoutMs} ms.`;
      const error = new SubgraphError('SUBGRAPH_TIMEOUT', message, { subgraph });
      this.#end({ kind: 'lost', error, again: true });
    }, settings.timeoutMs);
    this.#client.dispatch(
      { method: 'POST', path: pathname + search, headers: sent, body, blocking: false },
      this,
    );
  }

  onRequestStart(): void {}

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#contentType = String(headers['content-type'] ?? '');
    this.#isStream = status === 200 && /^\s*text\/event-stream\s*(;|$)/i.test(this.#contentType);
    if (!this.#isStream) return;
    this.#listen();
    if (!this.#over) this.#listener.opened();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    if (!this.#isStream) {
      this.#refusal.push(chunk);
      const length = this.#refusal.reduce((sum, part) => sum + part.length, 0);
      if (length > maxRefusalBytes) this.#refused();
      return;
    }
    this.#listen();
    try {
      this.#reader.write(chunk);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#end(misunderstood(this.#subgraph, 'smaller events', 'one that is too long', error));
    }
  }

  onResponseEnd(): void {
    if (this.#isStream) this.#end(lost(this.#subgraph, 'it has hung up'));
    else this.#refused();
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#end(lost(this.#subgraph, 'the connection broke', error));
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    // What ends in the client now is known already.
    this.#client.destroy().catch(() => {});
  }

  /** It has said something, if only that it is there. */
  #listen(): void {
    clearTimeout(this.#timer);
    const { maxSilenceMs } = this.#settings.subscriptions;
    if (maxSilenceMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#end(lost(this.#subgraph, `it was silent for ${maxSilenceMs} ms`));
    }, maxSilenceMs);
  }

  #heard({ type, data }: StreamEvent): void {
    if (this.#over) return;
    if (type === 'complete') {
      this.#end({ kind: 'complete' });
      return;
    }
    if (type !== 'next' && type !== 'message') return;
    const read = heard(this.#subgraph, data);
    if (read.end) this.#end(read.end);
    else this.#listener.event(read.event);
  }

  /** An answer that is no stream: errors, if it is GraphQL at all. */
  #refused(): void {
    const text = Buffer.concat(this.#refusal).toString();
    const read = isJson(this.#contentType) ? heard(this.#subgraph, text) : undefined;
    const told: UpstreamEnd = read?.end ?? { kind: 'errors', errors: read?.event?.errors ?? [] };
    const [status, type] = [this.#status, this.#contentType.slice(0, 80) || 'nothing'];
    if (told.kind === 'errors' && told.errors.length > 0) this.#end(told);
    else if (isPassing(status)) this.#end(lost(this.#subgraph, `it answered with status ${status}`));
    else this.#end(misunderstood(this.#subgraph, 'text/event-stream', `${type} with status ${status}`));
  }

  #end(end: UpstreamEnd): void {
    if (this.#over) return;
    this.close();
    this.#listener.ended(end);
  }
}

function heard(subgraph: string, text: string): ReturnType<typeof readEvent> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    return { end: misunderstood(subgraph, 'JSON', 'something else', error) };
  }
  return readEvent(subgraph, message);
}
