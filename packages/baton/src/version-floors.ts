import type { Cache } from '@alexandrite/cache';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';

/** Far longer than a service may lag behind another; a floor that is gone means the view is read as it is. */
const keepMs = 1_800_000; // 30 minutes

export interface Version {
  orderId: string;
  version: number;
}

/**
 * The version of each order that somebody may already have heard of: raised after the commit that made it, before any
 * answer or message tells of it. Without the cache there are no floors: reads go on, and may be behind.
 */
export class VersionFloors {
  readonly #cache: Cache;
  readonly #log: Log;
  readonly #failures;

  constructor(cache: Cache, log: Log, metrics: Metrics) {
    this.#cache = cache;
    this.#log = log;
    this.#failures = metrics.counter({
      name: 'order_floor_failures_total',
      help: 'Version floors that could not be read or raised: readers may see an older state for a moment.',
    });
  }

  /** Never rejects. */
  async raise(versions: Iterable<Version>): Promise<void> {
    const raising = Array.from(versions, ({ orderId, version }) =>
      this.#cache.raise(key(orderId), version, keepMs),
    );
    try {
      await Promise.all(raising);
    } catch (error) {
      this.#failed(error, 'raising');
    }
  }

  /** Null where none is known. Never rejects. */
  async read(orderIds: readonly string[]): Promise<(number | null)[]> {
    try {
      const floors = await this.#cache.getMany(orderIds.map(key));
      return floors.map((floor) => (floor === null ? null : Number(floor)));
    } catch (error) {
      this.#failed(error, 'reading');
      return orderIds.map(() => null);
    }
  }

  #failed(error: unknown, what: string): void {
    this.#failures.inc();
    this.#log.warn({ err: error }, `${what} version floors failed`);
  }
}

function key(orderId: string): string {
  return `order-version:${orderId}`;
}
