import type { Bucket, BucketState, Cache } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { HeaderMap } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import type { Caller, CallerBudget } from '../caller/caller.ts';
import { gatewayError } from '../errors.ts';
import type { Account, FindAccount } from './audiences.ts';

/** `extensions.cost`, in Shopify's shape. */
export interface CostReport {
  requestedQueryCost: number;
  /** Null when nothing has run. */
  actualQueryCost: number | null;
  throttleStatus?: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
}

/** What an operation that was let in still has to settle. */
export interface Admission {
  budget: NonNullable<CallerBudget>;
  /** Gives back what was not needed, or takes what was needed beyond; returns what the client is told. Once only. */
  settle(actual: number): Promise<CostReport>;
}

export type Decision = { admitted: Admission } | { refused: GraphQLError; cost: CostReport };

/** Budgets of callers, in buckets that all gateways share. */
export class Budgets implements AsyncDisposable {
  readonly #cache: Cache;
  /** When the shared cache is away, each gateway counts for itself: nobody is refused, and nobody is free. */
  readonly #fallback = openMemoryCache({ maxEntries: 10_000 });
  readonly #find: FindAccount;
  readonly #log: Log;
  readonly #points;
  readonly #refusals;
  #away = false;

  constructor(options: { cache: Cache; find: FindAccount; metrics: Metrics; log: Log }) {
    this.#cache = options.cache;
    this.#find = options.find;
    this.#log = options.log;
    this.#points = options.metrics.counter({
      name: 'gateway_cost_points_total',
      help: 'Points that operations of callers with a budget have cost.',
    });
    this.#refusals = options.metrics.counter({
      name: 'gateway_cost_refusals_total',
      help: 'Operations refused for their cost, by code.',
      labelNames: ['code'],
    });
  }

  accountOf(caller: Caller): Account | null {
    return this.#find(caller.claims);
  }

  /** Takes the cost before anything runs. */
  async admit(account: Account, requested: number): Promise<Decision> {
    if (requested > account.maxCost) {
      const message = `The operation may cost ${requested} points, expected at most ${account.maxCost}.`;
      const state = await this.#take(account, 0);
      return this.#refuse(account, state, requested, 'MAX_COST_EXCEEDED', message, {
        cost: requested,
        maxCost: account.maxCost,
      });
    }
    const state = await this.#take(account, requested);
    if (!state.taken) {
      const waitMs = Math.ceil(state.waitMs);
      const available = Math.floor(state.currentlyAvailable);
      const message = `The operation may cost ${requested} points, ${available} are left; wait ${waitMs} ms.`;
      return this.#refuse(account, state, requested, 'THROTTLED', message, {
        cost: requested,
        waitMs,
        http: { status: 429, headers: new HeaderMap([['retry-after', String(Math.ceil(waitMs / 1_000))]]) },
      });
    }
    let settled: Promise<CostReport> | undefined;
    const settle = async (actual: number) => {
      const after = actual === requested ? state : await this.#correct(account, actual - requested);
      this.#points.inc(actual);
      return report(account, after, requested, actual);
    };
    return {
      admitted: {
        budget: statusOf(account, state),
        settle(actual) {
          settled ??= settle(actual);
          return settled;
        },
      },
    };
  }

  /** What an operation would cost, and what there is. */
  async quote(account: Account, requested: number): Promise<CostReport> {
    return report(account, await this.#take(account, 0), requested, null);
  }

  /** Takes the price of one event. Not taken: how long to wait. */
  async charge(
    account: Account,
    cost: number,
  ): Promise<{ taken: boolean; waitMs: number; report: CostReport }> {
    const state = await this.#take(account, cost);
    if (state.taken) this.#points.inc(cost);
    return {
      taken: state.taken,
      waitMs: state.waitMs,
      report: report(account, state, cost, state.taken ? cost : null),
    };
  }

  #refuse(
    account: Account,
    state: BucketState,
    requested: number,
    code: 'THROTTLED' | 'MAX_COST_EXCEEDED',
    message: string,
    extensions: Record<string, unknown>,
  ): Decision {
    this.#refusals.inc({ code });
    return {
      refused: gatewayError(code, message, { extensions }),
      cost: report(account, state, requested, null),
    };
  }

  /** A positive difference is taken as far as there is anything: the work is done. */
  async #correct(account: Account, difference: number): Promise<BucketState> {
    const state = await this.#take(account, difference);
    return state.taken ? state : this.#take(account, Math.floor(state.currentlyAvailable));
  }

  async #take(account: Account, cost: number): Promise<BucketState> {
    const bucket: Bucket = { maximum: account.maximumAvailable, restoreRate: account.restoreRate };
    const key = `budget:${account.key}`;
    try {
      const state = await this.#cache.takeFromBucket(key, bucket, cost);
      if (this.#away) this.#log.info({}, 'budgets are shared again');
      this.#away = false;
      return state;
    } catch (error) {
      if (!this.#away) this.#log.warn({ err: error }, 'the cache is away: budgets are kept here meanwhile');
      this.#away = true;
      return this.#fallback.takeFromBucket(key, bucket, cost);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#fallback[Symbol.asyncDispose]();
  }
}

function statusOf({ maximumAvailable, restoreRate }: Account, state: BucketState): NonNullable<CallerBudget> {
  return { maximumAvailable, currentlyAvailable: Math.floor(state.currentlyAvailable), restoreRate };
}

function report(account: Account, state: BucketState, requested: number, actual: number | null): CostReport {
  return { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: statusOf(account, state) };
}
