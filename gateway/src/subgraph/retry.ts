import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import { RollingCounts } from './rolling-counts.ts';

const windowMs = 10_000; // ten seconds are what is recent
const always = 5; // in a window, so that a subgraph that is seldom asked is asked again, too

/** Keeps retries a share of the requests: an outage must not be made worse by those who ask again. */
export class RetryBudget {
  readonly #percent: number;
  /** Requests, and retries. */
  readonly #counts = new RollingCounts(windowMs);

  constructor(percent: number) {
    this.#percent = percent;
  }

  request(now: number): void {
    this.#counts.addFirst(now);
  }

  /** Takes one, unless the budget is used up. */
  take(now: number): boolean {
    if (this.#percent === 0) return false;
    const { first: requests, second: retries } = this.#counts.totals(now);
    if (retries >= Math.max(always, (requests * this.#percent) / 100)) return false;
    this.#counts.addSecond(now);
    return true;
  }
}

/** The pause before the next attempt, of which `attempts` have failed; at least what the subgraph asks for. */
export function pauseMs(
  { backoffMs, maxBackoffMs }: SubgraphSettings['retries'],
  attempts: number,
  retryAfterMs: number,
): number {
  const longest = Math.min(maxBackoffMs, backoffMs * 2 ** (attempts - 1));
  // All who failed together must not come back together.
  return retryAfterMs + Math.random() * longest;
}

/** A `Retry-After` header, seconds or a date; 0 when it says nothing. */
export function readRetryAfter(header: string | string[] | undefined): number {
  if (typeof header !== 'string') return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}
