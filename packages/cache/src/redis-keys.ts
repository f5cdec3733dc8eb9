import { Redis } from 'ioredis';

export interface RedisKeysOptions {
  url: string;
  /** As `openRedisCache` had it. */
  prefix: string;
}

const batch = 1_000;

/** For a person's tools: finds and removes keys without stopping the server for others. Keys are without the prefix. */
export class RedisKeys implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor({ url, prefix }: RedisKeysOptions) {
    this.#redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 });
    this.#prefix = `${prefix}:`;
  }

  /** All that begin so, once each or, while others write, perhaps twice. */
  async *beginningWith(start: string): AsyncIterable<string> {
    let cursor = '0';
    do {
      const pattern = `${(this.#prefix + start).replace(/[*?[\]\\]/g, '\\$&')}*`;
      const [next, keys] = await this.#redis.scan(cursor, 'MATCH', pattern, 'COUNT', batch);
      for (const key of keys) yield key.slice(this.#prefix.length);
      cursor = next;
    } while (cursor !== '0');
  }

  /** How many of them there were. */
  delete(keys: readonly string[]): Promise<number> {
    return keys.length === 0
      ? Promise.resolve(0)
      : this.#redis.unlink(...keys.map((key) => this.#prefix + key));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#redis.disconnect();
  }
}
