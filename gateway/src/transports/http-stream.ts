import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Claims } from '@alexandrite/auth/token';
import { currentTrace } from '@alexandrite/telemetry/trace';
import { GraphQLError } from 'graphql';
import type { Authenticate } from '../caller/authenticate.ts';
import { type IsRevoked, tokenRevoked } from '../caller/revocations.ts';
import { type OperationRequest, type Operations, readOperationRequest } from '../engine/operations.ts';
import { formatError, gatewayError } from '../errors.ts';
import type { Quotas } from '../quotas/quotas.ts';
import type { Sink, Subscription } from '../subscriptions/subscriber.ts';
import { BodyError, readJson } from './body.ts';
import { ConnectionPace } from './connection-pace.ts';
import { pick, refuse } from './http.ts';
import { prefersEvents } from './media-type.ts';
import { stagger } from './stagger.ts';
import { multipart, type StreamFormat, serverSentEvents } from './stream-format.ts';

export interface HttpStreamOptions {
  operations: Operations;
  authenticate: Authenticate;
  forwardHeaders: readonly string[];
  maxBodyBytes: number;
  maxStreams: number;
  keepAliveMs: number;
  /** How long a client may read nothing while something waits for him; then the connection is cut. */
  maxUnreadMs: number;
  drainMs: number;
  /** Messages of a subscription; undefined: as many as the client reads. */
  maxEventsPerSecond: number | undefined;
  /** Absent where nobody has a quota. */
  quotas: Quotas | undefined;
}

/** For the last answers, once every stream was told to end. */
const goodbyeMs = 2_000; // 2 seconds

/**
 * Operations with any number of results over one HTTP response. Closing it ends those that are open, one after another,
 * so that their clients come back.
 */
export interface HttpStreams extends AsyncDisposable {
  /** Null when the request does not ask for a stream. */
  formatOf(request: IncomingMessage): StreamFormat | null;
  serve(request: IncomingMessage, response: ServerResponse, format: StreamFormat): Promise<void>;
  readonly open: number;
  /** Ends the streams whose token was revoked. */
  endRevoked(isRevoked: IsRevoked): void;
}

export function createHttpStreams(options: HttpStreamOptions): HttpStreams {
  const {
    quotas,
    operations,
    authenticate,
    forwardHeaders,
    maxBodyBytes,
    maxStreams,
    keepAliveMs,
    maxUnreadMs,
  } = options;
  const open = new Set<HttpSink>();
  let closing: Promise<void> | undefined;

  const heartbeats = setInterval(() => {
    for (const sink of open) sink.heartbeat();
  }, keepAliveMs);
  heartbeats.unref();

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    format: StreamFormat,
  ): Promise<void> {
    const sink = new HttpSink(response, format, maxUnreadMs, options.maxEventsPerSecond);
    if (closing) {
      sink.refuse(shuttingDown());
      return;
    }
    if (open.size >= maxStreams) {
      sink.refuse(gatewayError('TOO_MANY', `Expected at most ${maxStreams} streams at a time.`));
      return;
    }
    const gone = new AbortController();
    open.add(sink);
    response.once('close', () => {
      open.delete(sink);
      gone.abort();
      sink.close();
    });
    response.on('drain', () => sink.drain());
    try {
      // The protocol of subscriptions has no words for parts.
      const takesParts = format !== multipart;
      const operation = { ...(await readRequest(request, maxBodyBytes)), takesParts };
      const claims = await authenticate(request.headers.authorization);
      sink.claims = claims;
      const giveBack = await quotas?.take('sockets', claims);
      if (response.destroyed) giveBack?.();
      else response.once('close', () => giveBack?.());
      const caller = { claims, forwarded: pick(request, forwardHeaders), signal: gone.signal };
      await operations.run(operation, caller, sink, (subscription) => sink.began(subscription));
      sink.stands();
      // The stream may last for hours: the step of the request is over when it stands.
      const span = currentTrace()?.span;
      span?.set({ 'http.response.status_code': response.statusCode });
      span?.end();
    } catch (error) {
      if (error instanceof BodyError) refuse(response, error);
      else if (error instanceof GraphQLError) sink.refuse(error);
      else throw error;
    }
  }

  async function close(): Promise<void> {
    clearInterval(heartbeats);
    await stagger([...open], options.drainMs, (sink) => sink.leave());
    const until = performance.now() + goodbyeMs;
    while (open.size > 0 && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10));
    for (const sink of [...open]) sink.cut();
  }

  return {
    formatOf: (request) => formatOf(request.headers.accept ?? ''),
    serve,
    get open() {
      return open.size;
    },
    endRevoked(isRevoked) {
      for (const sink of [...open]) if (sink.claims && isRevoked(sink.claims)) sink.end([tokenRevoked()]);
    },
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

function shuttingDown(): GraphQLError {
  return gatewayError('SHUTTING_DOWN', 'This gateway is about to end: subscribe again.');
}

function formatOf(accept: string): StreamFormat | null {
  if (prefersEvents(accept)) return serverSentEvents;
  return /multipart\/mixed[^,]*subscriptionSpec/i.test(accept) ? multipart : null;
}

async function readRequest(request: IncomingMessage, maxBodyBytes: number): Promise<OperationRequest> {
  const operation = readOperationRequest(
    request.method === 'POST' ? await readJson(request, maxBodyBytes) : fromQuery(request.url ?? ''),
  );
  const readOnly = request.method !== 'POST';
  // What a browser's EventSource sends when it comes back: the id of the last message, which is its cursor.
  const lastEventId = request.headers['last-event-id'];
  return typeof lastEventId === 'string' && lastEventId !== ''
    ? { ...operation, readOnly, extensions: { ...operation.extensions, resumeFrom: lastEventId } }
    : { ...operation, readOnly };
}

function fromQuery(url: string): Record<string, unknown> {
  const parameters = new URL(url, 'http://localhost').searchParams;
  const json = (name: string): unknown => {
    const text = parameters.get(name);
    if (text === null || text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw new GraphQLError(`Expected \`${name}\` to be JSON.`, {
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      });
    }
  };
  return {
    query: parameters.get('query') ?? undefined,
    operationName: parameters.get('operationName') ?? undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

/** The client's end of one operation, written into one response. */
class HttpSink implements Sink {
  /** Whose it is, once that is known. */
  claims: Claims | null = null;
  readonly #response: ServerResponse;
  readonly #format: StreamFormat;
  readonly #maxUnreadMs: number;
  #subscription: Subscription | undefined;
  /** While the client does not read. */
  #unread: NodeJS.Timeout | undefined;
  #stands = false;
  #leaving = false;

  readonly #pace: ConnectionPace | undefined;

  constructor(
    response: ServerResponse,
    format: StreamFormat,
    maxUnreadMs: number,
    maxEventsPerSecond: number | undefined,
  ) {
    this.#response = response;
    this.#format = format;
    this.#maxUnreadMs = maxUnreadMs;
    if (maxEventsPerSecond !== undefined) {
      this.#pace = new ConnectionPace(maxEventsPerSecond, () => this.#subscription?.drain());
    }
  }

  began(subscription: Subscription): void {
    this.#subscription = subscription;
  }

  /** A subscription may be silent for long: the client is told that it stands. */
  stands(): void {
    this.#stands = true;
    this.#begin();
    if (this.#leaving) this.leave();
  }

  /** Ends it so that the client comes back, as soon as what has one answer has given it. */
  leave(): void {
    this.#leaving = true;
    if (!this.#stands || !this.#begin()) return;
    this.#response.end(this.#format.leave(JSON.stringify([formatError(shuttingDown())])));
    this.close();
  }

  writable(): boolean {
    const slow = this.#response.writableNeedDrain;
    if (slow && !this.#unread) {
      this.#unread = setTimeout(() => this.#response.destroy(), this.#maxUnreadMs);
      this.#unread.unref();
    }
    return !slow && (this.#pace?.ready ?? true);
  }

  write(json: string, cursor: string | undefined): void {
    this.#pace?.passed();
    if (this.#begin()) this.#response.write(this.#format.message(json, cursor));
  }

  stale(stale: boolean): void {
    if (this.#begin() && this.writable()) this.#response.write(this.#format.notice(`{"stale":${stale}}`));
  }

  end(errors: readonly GraphQLError[] | null): void {
    // A method that may not ask for this is a matter of HTTP, whatever the format.
    const inStream = this.#format.refusesInStream && statusOf(errors) !== 405;
    if (errors?.[0] && !this.#response.headersSent && !inStream) {
      this.#answer(errors);
      return;
    }
    if (!this.#begin()) return;
    this.#response.end(this.#format.end(errors && JSON.stringify(errors.map(formatError))));
    this.close();
  }

  /** Before anything of the operation was looked at. */
  refuse(error: GraphQLError): void {
    // A heartbeat may have been sooner.
    if (this.#response.headersSent) this.end([error]);
    else this.#answer([error]);
  }

  /** Waits for nothing more. */
  cut(): void {
    if (this.#response.writableEnded) this.#response.destroy();
    else this.end([shuttingDown()]);
  }

  heartbeat(): void {
    // A connection that takes nothing more is not kept alive by more of it.
    if (this.#begin() && this.writable()) this.#response.write(this.#format.heartbeat);
  }

  drain(): void {
    clearTimeout(this.#unread);
    this.#unread = undefined;
    this.#subscription?.drain();
  }

  close(): void {
    this.#pace?.stop();
    this.#subscription?.close();
    this.#subscription = undefined;
  }

  /** False when there is nobody to write to any more. */
  #begin(): boolean {
    if (this.#response.destroyed || this.#response.writableEnded) return false;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, {
        'content-type': this.#format.contentType,
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
      this.#response.write(this.#format.begin);
    }
    return true;
  }

  #answer(errors: readonly GraphQLError[]): void {
    if (this.#response.destroyed) return;
    const status = statusOf(errors);
    this.#response
      .writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        ...(status === 405 ? { allow: 'POST' } : {}),
      })
      .end(JSON.stringify({ errors: errors.map(formatError) }));
  }
}

function statusOf(errors: readonly GraphQLError[] | null): number {
  const { status = 400 } = (errors?.[0]?.extensions.http ?? {}) as { status?: number };
  return status;
}
