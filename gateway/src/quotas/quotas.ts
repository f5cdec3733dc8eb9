import { randomUUID } from 'node:crypto';
import type { Claims } from '@alexandrite/auth/token';
import type { Cache } from '@alexandrite/cache';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { FindAccount } from '../budgets/audiences.ts';
import { gatewayError } from '../errors.ts';
import { EventAllowances } from './event-allowances.ts';
import { Holding, type QuotaKind } from './holding.ts';

export interface QuotasOptions {
  /** Shared by all gateways. */
  cache: Cache;
  find: FindAccount;
  /** How long a gateway that has died still counts. Default 30 000 ms. */
  ttlMs?: number;
  metrics: Metrics;
  log: Log;
}

const kinds: readonly QuotaKind[] = ['sockets', 'subscriptions'];
const names = { sockets: 'sockets and streams', subscriptions: 'subscriptions' };

/**
 * How much each client may have and hear, whichever gateways it is connected to. What a gateway has for a client it says
 * to the cache again and again; when it dies, its part is free after `ttlMs`. While the cache is away each gateway counts
 * for itself.
 */
export class Quotas implements AsyncDisposable {
  readonly #options: QuotasOptions;
  readonly #ttlMs: number;
  /** This gateway, for the others. */
  readonly #holder = randomUUID();
  readonly #holdings = new Map<string, Holding>();
  readonly #allowances: EventAllowances;
  readonly #refusals;
  readonly #timer: NodeJS.Timeout;

  constructor(options: QuotasOptions) {
    this.#options = options;
    this.#ttlMs = options.ttlMs ?? 30_000;
    this.#allowances = new EventAllowances(options.cache, options.log);
    this.#refusals = options.metrics.counter({
      name: 'gateway_quota_refusals_total',
      help: 'Sockets and subscriptions refused since their client has as many as it may, by kind.',
      labelNames: ['kind'],
    });
    const holdings = this.#holdings;
    options.metrics.gauge({
      name: 'gateway_quota_held',
      help: 'What clients with a quota have at this gateway, by kind.',
      labelNames: ['kind'],
      collect() {
        for (const kind of kinds) {
          let count = 0;
          for (const holding of holdings.values()) if (holding.kind === kind) count += holding.count;
          this.set({ kind }, count);
        }
      },
    });
    this.#timer = setInterval(() => this.#sayAgain(), this.#ttlMs / 3);
    this.#timer.unref();
  }

  /** Resolves with how to give it back, once only; rejects with `TOO_MANY`. */
  async take(kind: QuotaKind, claims: Claims | null): Promise<() => void> {
    const account = this.#options.find(claims);
    const limit = account?.quotas?.[kind];
    if (!account || limit === undefined) return nothing;
    const key = `quota:${kind}:${account.key}`;
    let holding = this.#holdings.get(key);
    if (!holding) {
      const { cache, log } = this.#options;
      holding = new Holding({ kind, key, holder: this.#holder, ttlMs: this.#ttlMs, cache, log }, () => {
        this.#holdings.delete(key);
      });
      this.#holdings.set(key, holding);
    }
    if (!(await holding.take(limit))) {
      this.#refusals.inc({ kind });
      throw gatewayError('TOO_MANY', `Expected at most ${limit} ${names[kind]} of a client at a time.`);
    }
    const held = holding;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      held.giveBack();
    };
  }

  /** Takes one event of the client's; resolves with how long to wait, 0 when it was taken. */
  async event(claims: Claims | null): Promise<number> {
    const account = this.#options.find(claims);
    const rate = account?.quotas?.eventsPerSecond;
    return account && rate !== undefined ? this.#allowances.take(account.key, rate) : 0;
  }

  /** One after another: thousands of clients must not make a burst. */
  #sayAgain(): void {
    (async () => {
      for (const holding of [...this.#holdings.values()]) await holding.say();
    })().catch((error: unknown) => this.#options.log.error({ err: error }, 'quotas could not be said again'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#holdings.values()].map((holding) => holding.end()));
  }
}

const nothing = () => undefined;
