import type { Claims } from '@alexandrite/auth/token';
import type { Bus, BusMessage, BusSubscription } from '@alexandrite/bus';
import { type Cache, CacheError } from '@alexandrite/cache';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { GraphQLError } from 'graphql';
import { gatewayError } from '../errors.ts';
import { isObject, own } from '../execute/json.ts';

export interface RevocationsOptions {
  bus: Bus;
  /** Where gateways that begin later find what was revoked; absent: only in the stream of the bus. */
  cache: Cache | undefined;
  subject: string;
  /** Claims by which tokens are revoked. */
  claims: readonly string[];
  /** How long a revocation is remembered: as long as a token may live. */
  keepMs: number;
  metrics: Metrics;
  log: Log;
}

export type IsRevoked = (claims: Claims) => boolean;

/** Past it the oldest are left to the cache. */
const maxKept = 100_000;
/** Many that come at once are looked at together. */
const sweepMs = 20;

/**
 * Tokens that their issuer has withdrawn: a message on the bus names a claim and its value, and every token with it that was
 * issued until then is refused from now on.
 */
export class Revocations implements AsyncDisposable {
  readonly #options: RevocationsOptions;
  /** When, in seconds since 1970, by claim and value; the oldest first. */
  readonly #revoked = new Map<string, number>();
  /** Claims that the cache was asked about. */
  readonly #asked = new WeakSet<Claims>();
  readonly #listeners: ((isRevoked: IsRevoked) => void)[] = [];
  readonly #refusals;
  #source: BusSubscription;
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: RevocationsOptions, source: BusSubscription) {
    this.#options = options;
    this.#source = source;
    this.#refusals = options.metrics.counter({
      name: 'gateway_revoked_tokens_refused_total',
      help: 'Requests and connections refused since their token was revoked.',
    });
    const revoked = this.#revoked;
    options.metrics.gauge({
      name: 'gateway_revocations',
      help: 'Revocations remembered here.',
      collect() {
        this.set(revoked.size);
      },
    });
    this.#readAll().catch((error: unknown) =>
      options.log.error({ err: error }, 'revocations are not heard of'),
    );
  }

  /** Hears of everything that the stream still has, too. Rejects when there is no such stream. */
  static async open(options: RevocationsOptions): Promise<Revocations> {
    return new Revocations(options, await listen(options));
  }

  readonly isRevoked: IsRevoked = (claims) =>
    this.#options.claims.some((claim) => {
      const at = this.#revoked.get(keyOf(claim, own(claims, claim)));
      return at !== undefined && covers(claim, at, claims);
    });

  /** Throws `TOKEN_REVOKED`, or rejects with it; null where nothing is to be waited for. */
  check(claims: Claims): Promise<void> | null {
    if (this.isRevoked(claims)) throw this.#refuse();
    if (!this.#options.cache || this.#asked.has(claims)) return null;
    return this.#ask(this.#options.cache, claims);
  }

  /** Called when more was revoked. */
  onRevoked(listener: (isRevoked: IsRevoked) => void): void {
    this.#listeners.push(listener);
  }

  async #ask(cache: Cache, claims: Claims): Promise<void> {
    const names = this.#options.claims.filter((claim) => own(claims, claim) !== undefined);
    try {
      const found = await cache.getMany(names.map((claim) => keyOf(claim, own(claims, claim))));
      for (const [index, at] of found.entries()) {
        const claim = names[index]!;
        if (at !== null) this.#keep(keyOf(claim, own(claims, claim)), Number(at));
      }
      // By what was heard of meanwhile, too.
      if (this.isRevoked(claims)) throw this.#refuse();
      this.#asked.add(claims);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      this.#options.log.debug({ err: error }, 'the cache is away: whether a token was revoked is not asked');
    }
  }

  #refuse(): GraphQLError {
    this.#refusals.inc();
    return tokenRevoked();
  }

  async #readAll(): Promise<void> {
    const { log } = this.#options;
    while (!this.#closed) {
      try {
        for await (const message of this.#source) {
          await this.#take(message);
          // What was lost is still in the stream.
          if (this.#source.dropped > 0) break;
        }
        if (this.#closed) return;
      } catch (error) {
        log.warn({ err: error }, 'revocations are read anew');
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
      await this.#source[Symbol.asyncDispose]();
      if (this.#closed) return;
      try {
        this.#source = await listen(this.#options);
      } catch (error) {
        log.warn({ err: error }, 'revocations cannot be heard now');
      }
    }
  }

  async #take({ payload, publishedAt, subject, messageId }: BusMessage): Promise<void> {
    const { claims, keepMs, cache, log } = this.#options;
    const named = claims.filter((claim) => isObject(payload) && isValue(own(payload, claim)));
    if (!isObject(payload) || named.length === 0) {
      log.warn({ subject, messageId, claims }, 'a revocation names none of the claims, and is skipped');
      return;
    }
    const leftMs = publishedAt.getTime() + keepMs - Date.now();
    if (leftMs <= 0) return;
    const at = Math.floor(publishedAt.getTime() / 1_000);
    for (const claim of named) {
      const key = keyOf(claim, own(payload, claim));
      this.#keep(key, at);
      await cache?.set(key, String(at), leftMs).catch((error: unknown) => {
        log.warn({ err: error, subject, messageId }, 'a revocation is not in the cache');
      });
    }
    this.#sweep ??= setTimeout(() => {
      this.#sweep = undefined;
      for (const listener of this.#listeners) listener(this.isRevoked);
    }, sweepMs).unref();
  }

  /** The latest counts: the cache may tell of an earlier one. */
  #keep(key: string, at: number): void {
    const latest = Math.max(at, this.#revoked.get(key) ?? at);
    this.#revoked.delete(key);
    this.#revoked.set(key, latest);
    const tooOld = (Date.now() - this.#options.keepMs) / 1_000;
    for (const [oldest, since] of this.#revoked) {
      if (since > tooOld && this.#revoked.size <= maxKept) return;
      this.#revoked.delete(oldest);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#sweep);
    await this.#source[Symbol.asyncDispose]();
  }
}

export function tokenRevoked(): GraphQLError {
  return gatewayError('TOKEN_REVOKED', 'The token was revoked.');
}

function listen({ bus, subject }: RevocationsOptions): Promise<BusSubscription> {
  return bus.subscribe([subject], { from: 'oldest', maxBuffered: 10_000 });
}

function isValue(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function keyOf(claim: string, value: unknown): string {
  return `revoked:${claim}:${String(value)}`;
}

/** A token is one; of somebody's tokens those count that he had by then. */
function covers(claim: string, at: number, { iat }: Claims): boolean {
  return claim === 'jti' || typeof iat !== 'number' || iat <= at;
}
