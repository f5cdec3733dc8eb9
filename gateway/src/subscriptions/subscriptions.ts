import type { Bus } from '@alexandrite/bus';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Budgets } from '../budgets/budgets.ts';
import type { Caller } from '../caller/caller.ts';
import type { Engine } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import { gatewayError } from '../errors.ts';
import type { JsonObject } from '../execute/json.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import { type CompiledSubscription, compileSubscription } from './compile.ts';
import { Feed, type FeedOptions } from './feed.ts';
import { type SubscriptionMetrics, subscriptionMetrics } from './metrics.ts';
import { renderSubject } from './subject-template.ts';
import { type Sink, Subscriber, type SubscriberOptions, type Subscription } from './subscriber.ts';

export interface SubscriptionsOptions {
  engine: Engine;
  bus: Bus | undefined;
  /** Absent where nobody has a budget. */
  budgets: Budgets | undefined;
  maxBuffered: number;
  maxFeeds: number;
  metrics: Metrics;
  log: Log;
}

/** All subscriptions of this gateway. Identical ones share a feed. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #feeds = new Map<string, Feed>();
  readonly #compiled = new WeakMap<CompiledOperation, Promise<CompiledSubscription>>();
  readonly #metrics: SubscriptionMetrics;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#metrics = subscriptionMetrics(options.metrics, () => this.#feeds.size);
  }

  /**
   * Subscribes a client; resolves when the snapshot, if there is one, has been delivered. Rejects with a GraphQLError or
   * an array of them when the subscription is refused; `onSubscribed` gives the handle before that.
   */
  async subscribe(
    generation: Generation,
    operation: CompiledOperation,
    variables: JsonObject,
    caller: Caller,
    sink: Sink,
    onSubscribed: (subscription: Subscription) => void,
  ): Promise<void> {
    const { engine, bus, maxBuffered, log } = this.#options;
    const coerced = operation.coerce(variables);
    if ('errors' in coerced) throw coerced.errors;
    const { values } = coerced;
    const compiled = await this.#compile(generation, operation);
    if (!bus) throw gatewayError('EVENTS_UNAVAILABLE', 'This gateway has no bus.');
    const args = compiled.arguments(values);
    const subjects = compiled.field.subjects.map((template) => renderSubject(template, args, caller.claims));

    const pricing = await this.#admit(operation, values, caller);
    const feed = this.#feedFor(feedKey(operation, variables, caller), {
      bus,
      engine,
      generation,
      compiled,
      subjects,
      execution: { compiled: operation, variables, values },
      metrics: this.#metrics,
      log,
    });
    const field = compiled.field.name;
    const subscriber = new Subscriber({ field, caller, sink, maxBuffered, metrics: this.#metrics, pricing });
    onSubscribed(subscriber);
    await subscriber.start(feed, compiled.snapshot !== null);
  }

  /** Takes the price of the beginning. Rejects with a GraphQLError when there is too little. */
  async #admit(
    operation: CompiledOperation,
    values: JsonObject,
    caller: Caller,
  ): Promise<SubscriberOptions['pricing']> {
    const { budgets } = this.#options;
    const account = budgets?.accountOf(caller);
    if (!budgets || !account) return undefined;
    const decision = await budgets.admit(account, operation.cost(values).requested(values));
    if ('refused' in decision) throw decision.refused;
    return { admission: decision.admitted, budgets, account };
  }

  #feedFor(key: string, options: Omit<FeedOptions, 'onClosed'>): Feed {
    const known = this.#feeds.get(key);
    if (known) return known;
    const { maxFeeds } = this.#options;
    if (this.#feeds.size >= maxFeeds) {
      throw gatewayError('TOO_MANY', `Expected at most ${maxFeeds} different subscriptions at a time.`);
    }
    const feed = new Feed({
      ...options,
      onClosed: () => {
        if (this.#feeds.get(key) === feed) this.#feeds.delete(key);
      },
    });
    this.#feeds.set(key, feed);
    return feed;
  }

  #compile(generation: Generation, operation: CompiledOperation): Promise<CompiledSubscription> {
    let compiling = this.#compiled.get(operation);
    if (!compiling) {
      compiling = compileSubscription(operation, generation.supergraph, generation.eventFields);
      this.#compiled.set(operation, compiling);
    }
    return compiling;
  }
}

/** What tells one token of somebody from the next. */
const ofTokenOnly = new Set(['iat', 'exp', 'nbf', 'jti']);

/** Everything that an answer depends on: operation, variables, what the subgraphs learn of the caller. */
function feedKey(operation: CompiledOperation, variables: JsonObject, caller: Caller): string {
  const claims = caller.claims && Object.entries(caller.claims).filter(([name]) => !ofTokenOnly.has(name));
  return JSON.stringify([operation.key, variables, claims, caller.forwarded]);
}
