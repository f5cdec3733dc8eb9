import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import { type SubgraphEvents, subgraphEvents } from '../subgraph-events/subgraph-events.ts';
import { Endpoint } from './endpoint.ts';
import { type Common, Exchange } from './exchange.ts';
import { Gate } from './gate.ts';
import type { SubgraphMetrics } from './metrics.ts';
import { RetryBudget } from './retry.ts';
import type { SendToSubgraph } from './subgraph.ts';
import { Watch } from './watch.ts';

/** Speaks to one subgraph, at one URL or several, over connections that are kept open. */
export class SubgraphClient implements AsyncDisposable {
  readonly name: string;
  readonly urls: readonly string[];
  /** Its own subscriptions. */
  readonly events: SubgraphEvents;
  readonly endpoints: readonly Endpoint[];
  readonly #common: Common;
  readonly #forget: () => void;

  constructor(name: string, urls: readonly string[], settings: SubgraphSettings, metrics: SubgraphMetrics) {
    this.name = name;
    this.urls = urls;
    const events = metrics.of(name);
    this.endpoints = urls.map((url) => new Endpoint(url, settings, events));
    const limit = settings.maxInFlight ?? settings.connections * urls.length;
    this.#common = {
      name,
      settings,
      endpoints: this.endpoints,
      gate: new Gate(limit, settings.maxQueued),
      budget: new RetryBudget(settings.retries.budgetPercent),
      watch: new Watch(),
      wholeTimeout: String(settings.timeoutMs),
      onEnd: events.ended,
      onRetry: events.retry,
      onShed: events.shed,
    };
    this.events = subgraphEvents(name, urls, settings, events.subscriptionLost);
    this.#forget = metrics.watch(this);
  }

  /** Requests that have no answer yet. */
  get inFlight(): number {
    return this.#common.gate.inside;
  }

  /** Requests that wait for their turn. */
  get queued(): number {
    return this.#common.gate.queued;
  }

  readonly send: SendToSubgraph = (request) =>
    new Promise((resolve, reject) => new Exchange(this.#common, request, resolve, reject).begin());

  /** Waits for what is in flight. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.endpoints.map((endpoint) => endpoint[Symbol.asyncDispose]()));
    this.#forget();
  }
}
