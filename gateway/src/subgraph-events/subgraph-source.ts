import { GraphQLError } from 'graphql';
import { toldBy } from '../subgraph/error-source.ts';
import type { SubgraphAnswer, SubgraphError } from '../subgraph/subgraph.ts';
import { type EventSource, SourceEnded, type SourceEvent } from '../subscriptions/event-source.ts';
import type { Gap } from '../subscriptions/message.ts';
import type { OpenUpstream, Upstream, UpstreamEnd, UpstreamRequest } from './upstream.ts';

export interface SubgraphSourceOptions {
  subgraph: string;
  /** The field of Subscription, for the log. */
  field: string;
  /** The sequence behind which events are counted. */
  after: number;
  open: OpenUpstream;
  /** Made anew for each connection; null when nobody listens any more. */
  request: () => Promise<UpstreamRequest | null>;
  /** How long a lost connection is tried again. */
  giveUpAfterMs: number;
}

/** Events kept for a slow reader. */
const maxBuffered = 1_024;
/** Connections that have lasted so long were good ones. */
const goodAfterMs = 5_000; // 5 seconds
const firstPauseMs = 250; // then 500 ms, 1, 2, 4 and 8 seconds, each a half more or less
const longestPauseMs = 8_000;

/**
 * A subscription at a subgraph. When its connection is lost it is begun anew, and the next event says that nobody knows
 * what was missed.
 */
export class SubgraphSource implements EventSource {
  readonly startedAfter: number;
  readonly #options: SubgraphSourceOptions;
  #upstream: Upstream | undefined;
  #opening: PromiseWithResolvers<void> | undefined = Promise.withResolvers<void>();
  #queue: SourceEvent[] = [];
  #wake: (() => void) | undefined;
  #over: { error: unknown } | undefined;
  #dropped = 0;
  #sequence: number;
  #gap: Gap | undefined;
  #openedAt = 0;
  #lostAt = 0;
  #attempts = 0;
  #pause: NodeJS.Timeout | undefined;

  private constructor(options: SubgraphSourceOptions) {
    this.#options = options;
    this.startedAfter = options.after;
    this.#sequence = options.after;
  }

  /** Resolves when the subgraph has taken the subscription. Rejects with a `SourceEnded`. */
  static async open(options: SubgraphSourceOptions): Promise<SubgraphSource> {
    const source = new SubgraphSource(options);
    const opened = source.#opening!.promise;
    await source.#connect();
    await opened;
    return source;
  }

  get dropped(): number {
    return this.#dropped;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SourceEvent> {
    for (;;) {
      const event = this.#queue.shift();
      if (event) yield event;
      else if (this.#over?.error === null) return;
      else if (this.#over) throw this.#over.error;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#queue = [];
    this.#finish(null);
  }

  async #connect(): Promise<void> {
    const request = await this.#options.request();
    if (this.#over) return;
    if (!request) {
      this.#finish(null);
      return;
    }
    this.#openedAt = 0;
    let current = true;
    const upstream = this.#options.open(request, {
      opened: () => {
        this.#openedAt = performance.now();
        this.#opening?.resolve();
        this.#opening = undefined;
      },
      event: (answer) => this.#heard(answer),
      ended: (end) => {
        current = false;
        this.#upstream = undefined;
        this.#ended(end);
      },
    });
    if (current) this.#upstream = upstream;
    if (this.#over) upstream.close();
  }

  #heard({ data, errors }: SubgraphAnswer): void {
    const { subgraph, field } = this.#options;
    const sequence = ++this.#sequence;
    this.#queue.push({
      subject: field,
      stream: subgraph,
      payload: data,
      errors,
      headers: {},
      sequence,
      messageId: '',
      publishedAt: new Date(),
      gap: this.#gap,
    });
    this.#gap = undefined;
    if (this.#queue.length > maxBuffered) {
      const { gap } = this.#queue.shift()!;
      // What it would have told is for the next one to tell.
      if (gap) this.#queue[0]!.gap ??= gap;
      this.#dropped++;
    }
    this.#wake?.();
  }

  #ended(end: UpstreamEnd): void {
    if (this.#over) return;
    if (end.kind === 'complete') this.#finish(null);
    else if (end.kind === 'errors') this.#finish(new SourceEnded(end.errors.map((error) => shown(error))));
    else this.#lost(end.error, end.again);
  }

  #lost(error: SubgraphError, again: boolean): void {
    const now = performance.now();
    const wasGood = this.#openedAt > 0 && now - this.#openedAt >= goodAfterMs;
    if (wasGood || this.#attempts === 0) {
      this.#attempts = 0;
      this.#lostAt = now;
    }
    // A client who has not begun yet is told at once, and may come back himself.
    if (this.#opening || !again || now - this.#lostAt > this.#options.giveUpAfterMs) {
      this.#finish(new SourceEnded([failure(error)]));
      return;
    }
    this.#gap = { missed: null, reason: 'SUBGRAPH_LOST' };
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#attempts++);
    // All who have lost the same subgraph must not come back together.
    this.#pause = setTimeout(() => this.#restart(), pauseMs * (0.5 + Math.random()));
  }

  #restart(): void {
    // Whatever it is, who reads hears of it.
    this.#connect().catch((error: unknown) => this.#finish(error));
  }

  /** Null where there is nothing more to come. */
  #finish(error: unknown): void {
    if (this.#over) return;
    this.#over = { error };
    clearTimeout(this.#pause);
    this.#upstream?.close();
    this.#upstream = undefined;
    if (error === null) this.#opening?.resolve();
    else this.#opening?.reject(error);
    this.#opening = undefined;
    this.#wake?.();
  }
}

/** An error of the subgraph about the subscription as a whole. */
function shown({ message, path, extensions, subgraph }: SubgraphAnswer['errors'][number]): GraphQLError {
  const told = { path, extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...extensions } };
  return toldBy(new GraphQLError(message, told), subgraph);
}

const statusOf: Readonly<Record<string, number>> = { SUBGRAPH_BAD_ANSWER: 502, SUBGRAPH_TIMEOUT: 504 };

function failure(error: SubgraphError): GraphQLError {
  const { code, message, subgraph } = error;
  const extensions = { code, http: { status: statusOf[code] ?? 503 } };
  return toldBy(new GraphQLError(message, { originalError: error, extensions }), subgraph);
}
