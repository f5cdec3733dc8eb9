import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import { choose } from './balance.ts';
import type { Endpoint } from './endpoint.ts';
import type { Gate, Queued } from './gate.ts';
import type { Asker, Connection } from './http1/connection.ts';
import { ConnectionError } from './http1/connection-error.ts';
import { headerLines } from './http1/request-head.ts';
import type { Response } from './http1/response-reader.ts';
import { readAnswer } from './read-answer.ts';
import { pauseMs, type RetryBudget, readRetryAfter } from './retry.ts';
import {
  gone,
  late,
  type SubgraphAnswer,
  SubgraphError,
  type SubgraphErrorCode,
  type SubgraphErrorOptions,
  type SubgraphRequest,
} from './subgraph.ts';
import type { Watch, Watched } from './watch.ts';

/** What the exchanges with one subgraph have in common. */
export interface Common {
  name: string;
  settings: SubgraphSettings;
  endpoints: readonly Endpoint[];
  gate: Gate<Exchange>;
  budget: RetryBudget;
  watch: Watch;
  /** What is told of the deadline when there is none but the subgraph's own. */
  wholeTimeout: string;
  onEnd(outcome: string, ms: number): void;
  onRetry(granted: boolean): void;
  onShed(): void;
}

/** How services behind Envoy are told how many milliseconds are left. */
export const deadlineHeader = 'x-envoy-expected-rq-timeout-ms';

const worthRetrying = new Set([502, 503, 504]);

/**
 * One request to a subgraph, from its turn to its answer, through as many attempts as it may take. It is who waits
 * for a connection's answer, and what the watch looks after, so that a request costs one object and one promise.
 */
export class Exchange implements Asker, Queued, Watched {
  /** When the watch has to look: the end of waiting for a turn first, then that of the whole. */
  until: number;
  readonly signal: SubgraphRequest['signal'];
  watchedAt = -1;
  readonly #common: Common;
  readonly #request: SubgraphRequest;
  readonly #resolve: (answer: SubgraphAnswer) => void;
  readonly #reject: (error: SubgraphError) => void;
  readonly #began: number;
  #stage: 'queued' | 'inside' | 'sent' | 'pausing' | 'over' = 'inside';
  #attempts = 0;
  #endpoint: Endpoint | null = null;
  #probe = false;
  #connection: Connection | null = null;
  #replayed = false;
  #pause: NodeJS.Timeout | undefined;
  #retryAfterMs = 0;

  constructor(
    common: Common,
    request: SubgraphRequest,
    resolve: (answer: SubgraphAnswer) => void,
    reject: (error: SubgraphError) => void,
  ) {
    this.#common = common;
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#began = performance.now();
    this.signal = request.signal;
    this.until = this.#end();
  }

  begin(): void {
    const { gate, watch, budget, settings } = this.#common;
    const now = this.#began;
    if (this.signal?.aborted || this.until <= now) {
      this.#refuse(this.signal?.aborted ? gone() : late(this.#common.name));
      return;
    }
    budget.request(now);
    const place = gate.enter(this);
    if (place === 'refused') {
      this.#refuse(this.#overloaded());
      return;
    }
    watch.add(this);
    if (place === 'inside') {
      this.#attempt(now);
      return;
    }
    this.#stage = 'queued';
    this.until = Math.min(this.until, now + settings.maxQueuedMs);
  }

  admitted(): void {
    this.#stage = 'inside';
    this.until = this.#end();
    this.#attempt(performance.now());
  }

  /** By the watch. */
  expired(now: number): void {
    const { deadline } = this.#request;
    if (deadline !== undefined && deadline <= now) {
      // That a client is impatient says nothing of the subgraph.
      this.#settleEndpoint('abandoned', now);
      this.#fail(late(this.#common.name));
    } else if (this.#stage === 'queued') {
      this.#fail(this.#overloaded());
    } else {
      this.#settleEndpoint('failed', now);
      this.#fail(this.#timedOut());
    }
  }

  /** By the watch. */
  abandoned(): void {
    this.#settleEndpoint('abandoned', 0);
    this.#fail(gone());
  }

  #end(): number {
    const own = this.#began + this.#common.settings.timeoutMs;
    const { deadline } = this.#request;
    return deadline !== undefined && deadline < own ? deadline : own;
  }

  #attempt(now: number): void {
    const { endpoints } = this.#common;
    const endpoint = choose(endpoints, now, this.#endpoint);
    if (!endpoint) {
      const retryAfterMs = Math.min(...endpoints.map(({ breaker }) => breaker.waitMs(now)));
      this.#fail(
        this.#error('SUBGRAPH_CIRCUIT_OPEN', 'has failed too often: it is not asked for the moment', {
          retryAfterMs,
        }),
      );
      return;
    }
    this.#endpoint = endpoint;
    this.#probe = endpoint.begin();
    this.#stage = 'sent';
    this.#attempts++;
    this.#send(endpoint, now, false);
  }

  #send(endpoint: Endpoint, now: number, fresh: boolean): void {
    let lines: string;
    try {
      lines = this.#headers(now);
    } catch (error) {
      this.failed(error as Error);
      return;
    }
    const connection = endpoint.connections.post(lines, this.#request.body, this, fresh);
    // It may have failed by now, and even be sent again.
    if (connection) this.#connection = connection;
  }

  #headers(now: number): string {
    const { headers, deadline } = this.#request;
    const whole = deadline === undefined && now === this.#began;
    const left = whole ? this.#common.wholeTimeout : String(Math.ceil(this.until - now));
    return `${headerLines(headers)}${deadlineHeader}: ${left}\r\n`;
  }

  /** By the connection. */
  answered(response: Response): void {
    this.#connection = null;
    const { status, contentType, retryAfter } = response;
    const bad = worthRetrying.has(status);
    this.#retryAfterMs = retryAfter === undefined ? 0 : readRetryAfter(retryAfter);
    if (bad && this.#triesAgain()) return;
    let answer: SubgraphAnswer;
    try {
      answer = readAnswer(this.#common.name, status, contentType, response);
    } catch (error) {
      this.#settleEndpoint('failed', performance.now());
      this.#fail(error as SubgraphError);
      return;
    }
    const now = performance.now();
    this.#settleEndpoint(bad ? 'failed' : 'succeeded', now);
    this.#leave();
    this.#common.onEnd(answer.errors.length > 0 ? 'errors' : 'ok', now - this.#began);
    this.#resolve(answer);
  }

  /** By the connection. */
  failed(error: Error): void {
    this.#connection = null;
    if (this.#replays(error)) return;
    this.#retryAfterMs = 0;
    const [code, message] = meaningOf(error);
    // A header of the client that cannot be sent says nothing of the subgraph.
    const unsendable = error instanceof ConnectionError && error.code === 'HTTP_UNSENDABLE';
    if (code === 'SUBGRAPH_UNAVAILABLE' && !unsendable && this.#triesAgain()) return;
    this.#settleEndpoint(unsendable ? 'abandoned' : 'failed', performance.now());
    this.#fail(this.#error(code, message, { cause: error }));
  }

  /**
   * A connection that was kept open may be closed while a request is on its way to it, which says nothing of the subgraph:
   * a query is asked again on another connection, once and at once.
   */
  #replays(error: Error): boolean {
    const stale = error instanceof ConnectionError && error.code === 'CONNECTION_STALE';
    if (!stale || this.#replayed || this.#request.kind !== 'query') return false;
    if (this.#common.settings.retries.max === 0) return false;
    this.#replayed = true;
    this.#send(this.#endpoint!, performance.now(), true);
    return true;
  }

  /** Whether another attempt follows the one that has just failed. */
  #triesAgain(): boolean {
    const { settings, budget, onRetry } = this.#common;
    const { retries } = settings;
    if (this.#request.kind !== 'query' || this.#attempts > retries.max) return false;
    const now = performance.now();
    // Another URL need not wait for what this one asks.
    const asked = this.#common.endpoints.length === 1 ? this.#retryAfterMs : 0;
    const pause = pauseMs(retries, this.#attempts, asked);
    if (now + pause >= this.until) return false;
    const granted = budget.take(now);
    onRetry(granted);
    if (!granted) return false;
    this.#settleEndpoint('failed', now);
    this.#stage = 'pausing';
    this.#pause = setTimeout(() => this.#attempt(performance.now()), pause);
    return true;
  }

  /** Tells the URL how the attempt went, once. */
  #settleEndpoint(how: 'succeeded' | 'failed' | 'abandoned', now: number): void {
    const endpoint = this.#endpoint;
    if (!endpoint || this.#stage !== 'sent') return;
    if (how === 'succeeded') endpoint.succeeded(now, this.#probe);
    else if (how === 'abandoned') endpoint.abandoned(this.#probe);
    else {
      const others = this.#common.endpoints.some((other) => other !== endpoint && !other.ejected(now));
      endpoint.failed(now, this.#probe, others);
    }
  }

  #fail(error: SubgraphError): void {
    this.#leave();
    this.#refuse(error);
    this.#connection?.abandon(this);
    this.#connection = null;
  }

  #refuse(error: SubgraphError): void {
    this.#common.onEnd(error.code, performance.now() - this.#began);
    this.#reject(error);
  }

  #leave(): void {
    const { watch, gate } = this.#common;
    const waits = this.#stage === 'queued';
    this.#stage = 'over';
    watch.delete(this);
    if (this.#pause) clearTimeout(this.#pause);
    if (waits) gate.giveUp(this);
    else gate.leave();
  }

  #timedOut(): SubgraphError {
    return this.#error('SUBGRAPH_TIMEOUT', `did not answer within ${this.#common.settings.timeoutMs} ms`);
  }

  #overloaded(): SubgraphError {
    this.#common.onShed();
    return this.#error('SUBGRAPH_OVERLOADED', 'has more requests than it can take', {
      retryAfterMs: 1_000, // nobody knows; a second is polite
    });
  }

  #error(code: SubgraphErrorCode, what: string, options?: SubgraphErrorOptions): SubgraphError {
    const subgraph = this.#common.name;
    return new SubgraphError(code, `The subgraph "${subgraph}" ${what}.`, { ...options, subgraph });
  }
}

/** A code, and what the subgraph has done. */
function meaningOf(error: Error): [SubgraphErrorCode, string] {
  const code = error instanceof ConnectionError ? error.code : undefined;
  if (code === 'HTTP_TOO_LARGE') return ['SUBGRAPH_BAD_ANSWER', 'answered too much'];
  if (code === 'HTTP_MALFORMED') return ['SUBGRAPH_BAD_ANSWER', 'does not speak HTTP'];
  return ['SUBGRAPH_UNAVAILABLE', 'cannot be reached'];
}
