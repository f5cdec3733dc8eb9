import { Redis } from 'ioredis';
import { type Bucket, type BucketState, type Cache, CacheError, type HoldState } from './cache.ts';
import { waitMs } from './token-bucket.ts';

export interface RedisCacheOptions {
  /** `redis://[user:password@]host:port[/database]`, or `rediss://`. */
  url: string;
  /** Put before every key, so that services, and tests, can share a server. Must not be empty. */
  prefix: string;
  log: CacheLog;
  /** How long a server that is not there yet is waited for. Default 30 000 ms. */
  withinMs?: number;
  /** How long a call waits for its answer. Default 1 000 ms. */
  callMs?: number;
}

/** A pino logger fits. */
export interface CacheLog {
  info(attributes: object, message: string): void;
  warn(attributes: object, message: string): void;
}

/** Each is one atomic step; numbers travel as text, which keeps integers up to 2^53 exact. */
const scripts = {
  raiseNumber: {
    numberOfKeys: 1,
    lua: `
      local there = redis.call('GET', KEYS[1])
      local value = ARGV[1]
      if there and tonumber(there) > tonumber(value) then value = there end
      redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
      return value`,
  },
  incrementWindow: {
    numberOfKeys: 1,
    lua: `
      local count = redis.call('INCR', KEYS[1])
      if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
      return count`,
  },
  // The same step as in token-bucket.ts, by the server's clock, which all callers share.
  takePoints: {
    numberOfKeys: 1,
    lua: `
      local maximum, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local level = redis.call('HMGET', KEYS[1], 'points', 'at')
      local available = maximum
      if level[1] then
        available = math.min(maximum, level[1] + math.max(0, now - level[2]) / 1000 * rate)
      end
      local taken = cost <= available
      local points = available
      if taken then points = math.min(maximum, available - cost) end
      redis.call('HSET', KEYS[1], 'points', string.format('%.17g', points), 'at', string.format('%.0f', now))
      if rate > 0 then
        redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((maximum - points) / rate * 1000) + 1))
      else
        redis.call('PERSIST', KEYS[1])
      end
      return {taken and 1 or 0, string.format('%.17g', points)}`,
  },
  // The same step as in memory.ts. A hash of holders: "<count> <until>".
  holdSome: {
    numberOfKeys: 1,
    lua: `
      local holder, count, limit, ttl = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local others, mine, last = 0, 0, now
      local all = redis.call('HGETALL', KEYS[1])
      for i = 1, #all, 2 do
        local has, till = string.match(all[i + 1], '^(%d+) (%d+)$')
        if tonumber(till) <= now then redis.call('HDEL', KEYS[1], all[i])
        elseif all[i] == holder then mine = tonumber(has)
        else
          others = others + tonumber(has)
          last = math.max(last, tonumber(till))
        end
      end
      local taken = count <= mine or others + count <= limit
      if taken and count > 0 then
        redis.call('HSET', KEYS[1], holder, string.format('%.0f %.0f', count, now + ttl))
        redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.max(last, now + ttl)))
      elseif taken then redis.call('HDEL', KEYS[1], holder) end
      return {taken and 1 or 0, string.format('%.0f', others + (taken and count or mine))}`,
  },
} as const;

interface Scripts {
  raiseNumber(key: string, value: string, ttlMs: string): Promise<string>;
  incrementWindow(key: string, windowMs: string): Promise<number>;
  takePoints(key: string, maximum: string, rate: string, cost: string): Promise<[number, string]>;
  holdSome(
    key: string,
    holder: string,
    count: string,
    limit: string,
    ttlMs: string,
  ): Promise<[number, string]>;
}

/** Connects to Redis (or Valkey); comes back for ever when it goes away, and fails fast meanwhile. */
export async function openRedisCache(options: RedisCacheOptions): Promise<Cache> {
  const { url, prefix, log, withinMs = 30_000, callMs = 1_000 } = options;
  if (!prefix) throw new TypeError('expected a prefix for the keys');
  if (!/^rediss?:\/\//.test(url))
    throw new TypeError('expected a URL that begins with redis:// or rediss://');
  const redis = new Redis(url, {
    connectTimeout: 3_000,
    commandTimeout: callMs,
    socketTimeout: 5_000, // a dead line: asked and not answered for so long
    keepAlive: 10_000,
    enableOfflineQueue: false, // away is away: the caller decides whether to go on without
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // 0.1, 0.2, 0.4 … 2 seconds, less up to a half, so that not all come back at once
    retryStrategy: (attempt) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2),
    scripts,
  });
  watch(redis, log);
  try {
    await ready(redis, withinMs);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return new RedisCache(redis as Redis & Scripts, `${prefix}:`);
}

class RedisCache implements Cache {
  readonly #redis: Redis & Scripts;
  readonly #prefix: string;
  #closing: Promise<void> | undefined;

  constructor(redis: Redis & Scripts, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  get connected(): boolean {
    return this.#redis.status === 'ready';
  }

  get(key: string): Promise<string | null> {
    return this.#ask(this.#redis.get(this.#prefix + key));
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    if (keys.length === 0) return [];
    return this.#ask(this.#redis.mget(keys.map((key) => this.#prefix + key)));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#ask(this.#redis.set(this.#prefix + key, value, 'PX', wholeMs(ttlMs)));
  }

  async delete(...keys: string[]): Promise<void> {
    if (keys.length > 0) await this.#ask(this.#redis.del(keys.map((key) => this.#prefix + key)));
  }

  async raise(key: string, value: number, ttlMs: number): Promise<number> {
    return Number(
      await this.#ask(this.#redis.raiseNumber(this.#prefix + key, String(value), String(wholeMs(ttlMs)))),
    );
  }

  increment(key: string, windowMs: number): Promise<number> {
    return this.#ask(this.#redis.incrementWindow(this.#prefix + key, String(wholeMs(windowMs))));
  }

  async claim(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.#ask(this.#redis.set(this.#prefix + key, value, 'PX', wholeMs(ttlMs), 'NX'))) === 'OK';
  }

  async takeFromBucket(key: string, bucket: Bucket, cost: number): Promise<BucketState> {
    const { maximum, restoreRate } = bucket;
    const [taken, points] = await this.#ask(
      this.#redis.takePoints(this.#prefix + key, String(maximum), String(restoreRate), String(cost)),
    );
    const currentlyAvailable = Number(points);
    return {
      taken: taken === 1,
      currentlyAvailable,
      waitMs: taken === 1 ? 0 : waitMs(currentlyAvailable, bucket, cost),
    };
  }

  async hold(key: string, holder: string, count: number, limit: number, ttlMs: number): Promise<HoldState> {
    const most = Math.min(limit, Number.MAX_SAFE_INTEGER);
    const [taken, total] = await this.#ask(
      this.#redis.holdSome(this.#prefix + key, holder, String(count), String(most), String(wholeMs(ttlMs))),
    );
    return { taken: taken === 1, total: Number(total) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // What has been asked is answered first; without a server there is nothing to wait for.
    if (this.connected) await this.#redis.quit().catch(() => this.#redis.disconnect());
    else this.#redis.disconnect();
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw cacheError(error);
    }
  }
}

/** Redis takes whole milliseconds, at least one. */
function wholeMs(ms: number): number {
  return Math.max(1, Math.round(ms));
}

/** Replies that say "not now"; the others are mistakes of ours, e.g. a key of another kind. */
const passing = /^(LOADING|OOM|READONLY|MASTERDOWN|BUSY|TRYAGAIN|CLUSTERDOWN|MISCONF|NOREPLICAS)\b/;

function cacheError(error: unknown): unknown {
  if (error instanceof Error && error.name === 'ReplyError' && !passing.test(error.message)) return error;
  return new CacheError('UNAVAILABLE', 'the cache does not answer now', { cause: error });
}

/** Says once that it is away and once that it is back, not at every attempt. */
function watch(redis: Redis, log: CacheLog): void {
  let away = false;
  redis.on('error', (error) => {
    if (!away) log.warn({ err: error }, 'the cache is away');
    away = true;
  });
  redis.on('close', () => {
    if (!away && redis.status !== 'end') log.warn({}, 'the cache is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({}, 'the cache is back');
    away = false;
  });
}

async function ready(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    reject(new CacheError('UNAVAILABLE', `no Redis within ${withinMs} ms`));
  }, withinMs);
  redis.once('ready', resolve);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    redis.off('ready', resolve);
  }
}
