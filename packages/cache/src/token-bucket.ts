import type { Bucket, BucketState } from './cache.ts';

/** What is kept of a bucket: how full it was, and when. */
export interface BucketLevel {
  points: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** One step of a leaky token bucket; a bucket never seen before is full. The Redis adapter does the same in Lua. */
export function stepBucket(
  before: BucketLevel | undefined,
  { maximum, restoreRate }: Bucket,
  cost: number,
  now: number,
): { level: BucketLevel; state: BucketState } {
  const restored = before ? before.points + (Math.max(0, now - before.at) / 1_000) * restoreRate : maximum;
  const available = Math.min(maximum, restored);
  const taken = cost <= available;
  const points = taken ? Math.min(maximum, available - cost) : available;
  return {
    level: { points, at: now },
    state: {
      taken,
      currentlyAvailable: points,
      waitMs: taken ? 0 : waitMs(available, { maximum, restoreRate }, cost),
    },
  };
}

/** How long until `cost` is there, rounded up: whoever waits so long is not refused again. */
export function waitMs(available: number, { maximum, restoreRate }: Bucket, cost: number): number {
  if (cost > maximum || restoreRate <= 0) return Number.POSITIVE_INFINITY;
  return Math.ceil(((cost - available) / restoreRate) * 1_000);
}

/** When an untouched bucket is full again, and need not be remembered. */
export function fullAgainMs({ points }: BucketLevel, { maximum, restoreRate }: Bucket): number {
  return restoreRate > 0
    ? Math.ceil(((maximum - points) / restoreRate) * 1_000) + 1
    : Number.POSITIVE_INFINITY;
}
