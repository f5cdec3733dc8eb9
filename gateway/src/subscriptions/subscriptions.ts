import type { Bus } from '@alexandrite/bus';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Budgets } from '../budgets/budgets.ts';
import type { Caller } from '../caller/caller.ts';
import { describeOperation } from '../engine/describe-operation.ts';
import type { Engine } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import type { Generations } from '../engine/generations.ts';
import { gatewayError } from '../errors.ts';
import type { JsonObject } from '../execute/json.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import type { QueryPlan } from '../planner/plan.ts';
import type { Quotas } from '../quotas/quotas.ts';
import { type CompiledSubscription, compileSubscription } from './compile.ts';
import type { Cursors, StreamPlace } from './cursor.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Durables, OpenDurable } from './durables.ts';
import type { Origin } from './event-source.ts';
import { Feed, type FeedOptions } from './feed.ts';
import { FeedIndex } from './feed-index.ts';
import { matchOf } from './match-of.ts';
import { type SubscriptionMetrics, subscriptionMetrics } from './metrics.ts';
import { moveFeeds } from './move-feeds.ts';
import { audienceOf, originOf } from './origin-of.ts';
import { readRate } from './pace.ts';
import { type Sink, Subscriber, type SubscriberOptions, type Subscription } from './subscriber.ts';

export interface SubscriptionsOptions {
  engine: Engine;
  bus: Bus | undefined;
  generations: Generations;
  /** Absent where nobody has a budget. */
  budgets: Budgets | undefined;
  /** Absent where nobody has a quota. */
  quotas: Quotas | undefined;
  /** Absent where there are no cursors. */
  cursors: Cursors | undefined;
  /** Absent where nobody may have a durable subscriber. */
  durables: Durables | undefined;
  maxBuffered: number;
  maxFeeds: number;
  /** Absent where what does not fit is only counted and logged. */
  deadLetters: ((metrics: SubscriptionMetrics) => DeadLetters) | undefined;
  metrics: Metrics;
  log: Log;
}

export interface SubscribeRequest {
  generation: Generation;
  operation: CompiledOperation;
  /** As the client has sent it. */
  text: string;
  operationName: string | null;
  variables: JsonObject;
  caller: Caller;
  /** The cursor of an earlier message, as the client has sent it. */
  resumeFrom: unknown;
  /** Messages a second, as the client has sent it. */
  maxRate: unknown;
  /** The name of the client's durable subscriber, as he has sent it. */
  durable: unknown;
  /** Whether the client has asked for notices. */
  notices: boolean;
  sink: Sink;
}

/** All subscriptions of this gateway. Identical ones share a feed. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #feeds = new FeedIndex();
  readonly #compiled = new WeakMap<QueryPlan, Promise<CompiledSubscription>>();
  readonly #metrics: SubscriptionMetrics;
  readonly #deadLetters: DeadLetters | undefined;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#metrics = subscriptionMetrics(options.metrics, () => this.#feeds.size);
    this.#deadLetters = options.deadLetters?.(this.#metrics);
    options.generations.onInstalled((generation) => this.#moveFeeds(generation));
  }

  /**
   * Subscribes a client; resolves when the snapshot, if there is one, has been delivered. Rejects with a GraphQLError or
   * an array of them when the subscription is refused; `onSubscribed` gives the handle before that.
   */
  async subscribe(
    request: SubscribeRequest,
    onSubscribed: (subscription: Subscription) => void,
  ): Promise<void> {
    const { generation, text, operationName, variables, caller, resumeFrom, sink } = request;
    const ownRate = rateOf(request.maxRate);
    const operation = request.operation.for(caller.claims);
    const { engine, bus, maxBuffered, log } = this.#options;
    describeOperation(operation);
    const coerced = operation.coerce(variables);
    if ('errors' in coerced) throw coerced.errors;
    const { values } = coerced;
    const compiled = await this.#compile(generation, operation, values);
    const args = compiled.arguments(values);
    const matches = matchOf(compiled, args, caller);
    const origin = originOf({ generation, compiled, variables, args, caller }, bus, engine);

    const key = subscriptionKey(operation, variables, caller);
    const { cursors } = this.#options;
    const comesBack = resumeFrom !== undefined;
    const isDurable = request.durable !== undefined;
    if (isDurable && ownRate !== null) {
      throw gatewayError('BAD_USER_INPUT', 'extensions.maxRate: whoever acknowledges sets the rate by that.');
    }
    // Who acknowledges is given what he has not acknowledged.
    const readsCursor = comesBack && !isDurable && origin.resumable;
    const cursorPlace = readsCursor && cursors ? cursors.read(key, resumeFrom) : undefined;
    const giveBack = await this.#options.quotas?.take('subscriptions', caller.claims);
    const pricing = await this.#admit(operation, values, caller).catch((error: unknown) => {
      giveBack?.();
      throw error;
    });
    const durable = await this.#openDurable(request, key, origin).catch(async (error: unknown) => {
      giveBack?.();
      await pricing?.admission.settle(0);
      throw error;
    });
    const resume = durable ? durable.place : cursorPlace;
    const feedOptions = {
      origin,
      engine,
      ground: {
        generation,
        compiled,
        execution: { compiled: operation, variables, values },
        matches,
      },
      text,
      operationName,
      cursor: origin.resumable ? cursors && ((place: StreamPlace) => cursors.sign(key, place)) : undefined,
      metrics: this.#metrics,
      deadLetters: this.#deadLetters,
      log,
    };
    const field = compiled.field.name;
    const subscriber = new Subscriber({
      field,
      caller,
      sink,
      maxBuffered,
      maxRate: ownRate ?? compiled.field.maxRate,
      metrics: this.#metrics,
      pricing,
      // A closure would keep all that is known here as long as the client stays.
      onEnded: giveBack,
      resume,
      notices: request.notices,
      lost: comesBack && !origin.resumable,
      durable,
    });
    onSubscribed(subscriber);
    // The client may have left while it was found out what he wants.
    if (caller.signal?.aborted) subscriber.close();
    await subscriber.start(
      (after) => this.#feedFor(key, { ...feedOptions, after }),
      compiled.snapshot !== null,
    );
  }

  /** The bus is away, or back again: those whose events it carries are told. */
  set stale(stale: boolean) {
    for (const feed of this.#feeds) if (!feed.ground.compiled.upstream) feed.stale = stale;
  }

  async #openDurable(
    { durable, caller }: SubscribeRequest,
    subscription: string,
    origin: Origin,
  ): Promise<OpenDurable | undefined> {
    if (durable === undefined) return undefined;
    const { durables } = this.#options;
    if (!durables || !origin.resumable) {
      throw gatewayError('NOT_SUPPORTED', 'There are no durable subscribers of this subscription.');
    }
    return durables.open(caller.claims, durable, subscription, origin.key);
  }

  /**
   * A client has handled what its durable subscriber was given, up to the message with this cursor. Resolves when that is
   * stored; rejects with a GraphQLError.
   */
  async acknowledge({ claims }: Pick<Caller, 'claims'>, what: JsonObject): Promise<void> {
    const { durables } = this.#options;
    if (!durables) throw gatewayError('NOT_SUPPORTED', 'This gateway has no durable subscribers.');
    await durables.acknowledge(claims, what.durable, what.cursor);
  }

  /** Takes the price of the beginning. Rejects with a GraphQLError when there is too little. */
  async #admit(
    operation: CompiledOperation,
    values: JsonObject,
    caller: Caller,
  ): Promise<SubscriberOptions['pricing']> {
    const { budgets, quotas } = this.#options;
    const account = budgets?.accountOf(caller);
    if (!budgets || !account) return undefined;
    const decision = await budgets.admit(account, operation.cost(values).requested(values));
    if ('refused' in decision) throw decision.refused;
    return {
      admission: decision.admitted,
      async charge(cost) {
        const waitMs = (await quotas?.event(caller.claims)) ?? 0;
        return waitMs > 0 ? { taken: false, waitMs, report: undefined } : budgets.charge(account, cost);
      },
    };
  }

  /** One feed for all who begin now; for one who resumes any that knows what he has missed, or one of his own. */
  #feedFor(subscription: string, options: Omit<FeedOptions, 'further' | 'onClosed'>): Feed {
    const { after } = options;
    const feeds = this.#feeds;
    const known = after === undefined ? feeds.current(subscription) : feeds.knowing(subscription, after);
    if (known) return known;
    const { maxFeeds } = this.#options;
    if (feeds.size >= maxFeeds) {
      throw gatewayError('TOO_MANY', `Expected at most ${maxFeeds} different subscriptions at a time.`);
    }
    const feed: Feed = new Feed({
      ...options,
      further: after === undefined ? undefined : () => feeds.further(subscription, feed),
      onClosed: () => feeds.delete(subscription, feed),
    });
    feeds.add(subscription, feed, after === undefined);
    // Whoever has begun with a generation that was replaced meanwhile.
    const current = this.#options.generations.current();
    if (current !== options.ground.generation) this.#moveFeeds(current);
    return feed;
  }

  #moveFeeds(generation: Generation): void {
    const { generations, log } = this.#options;
    moveFeeds(this.#feeds, generation, {
      isCurrent: () => generations.current() === generation,
      compile: (operation, values) => this.#compile(generation, operation, values),
      bus: this.#options.bus,
      engine: this.#options.engine,
      log,
    });
  }

  async #compile(
    generation: Generation,
    operation: CompiledOperation,
    values: JsonObject,
  ): Promise<CompiledSubscription> {
    const plan = await operation.plan(values);
    let compiling = this.#compiled.get(plan);
    if (!compiling) {
      const { supergraph, eventFields, turns } = generation;
      compiling = turns
        .next()
        .then(() => compileSubscription(operation, plan, values, supergraph, eventFields));
      this.#compiled.set(plan, compiling);
    }
    return compiling;
  }
}

/** Throws a GraphQLError. */
function rateOf(given: unknown): number | null {
  if (given === undefined || given === null) return null;
  try {
    return readRate(given);
  } catch (error) {
    throw gatewayError('BAD_USER_INPUT', `extensions.maxRate: ${(error as TypeError).message}`);
  }
}

/** Everything that an answer depends on: operation, variables, what the subgraphs learn of the caller. */
function subscriptionKey(operation: CompiledOperation, variables: JsonObject, caller: Caller): string {
  return JSON.stringify([operation.key, variables, audienceOf(caller)]);
}
