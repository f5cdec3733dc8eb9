import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import { RollingCounts } from './rolling-counts.ts';

export type BreakerState = 'closed' | 'half-open' | 'open';

/**
 * Leaves a URL alone while most requests to it fail. After a while single requests try it; some successes in a row trust
 * it again, a failure leaves it alone for twice as long.
 */
export class Breaker {
  readonly #settings: SubgraphSettings['circuit'];
  readonly #onChange: (state: BreakerState) => void;
  /** Requests that succeeded, and that failed. */
  readonly #counts: RollingCounts;
  #state: BreakerState = 'closed';
  #openUntil = 0;
  #openMs: number;
  #probing = false;
  #proven = 0;

  constructor(settings: SubgraphSettings['circuit'], onChange: (state: BreakerState) => void) {
    this.#settings = settings;
    this.#onChange = onChange;
    this.#counts = new RollingCounts(settings.windowMs);
    this.#openMs = settings.openMs;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether a request may be sent now. */
  admits(now: number): boolean {
    if (this.#state === 'closed') return true;
    return !this.#probing && now >= this.#openUntil;
  }

  /** How long until it may be tried. */
  waitMs(now: number): number {
    return Math.max(0, this.#openUntil - now);
  }

  /** Call when a request is sent; whether it is one by which the URL is tried. */
  begin(): boolean {
    if (this.#state === 'closed') return false;
    if (this.#state === 'open') this.#change('half-open');
    this.#probing = true;
    return true;
  }

  succeeded(now: number, probe: boolean): void {
    if (this.#state === 'closed') {
      this.#counts.addFirst(now);
      return;
    }
    // What was sent before is no news of how things are now.
    if (!probe) return;
    this.#probing = false;
    if (++this.#proven < this.#settings.probes) return;
    this.#openMs = this.#settings.openMs;
    this.#counts.clear();
    this.#change('closed');
  }

  failed(now: number, probe: boolean): void {
    if (this.#state === 'closed') {
      if (!this.#settings.enabled) return;
      this.#counts.addSecond(now);
      const { first, second } = this.#counts.totals(now);
      const all = first + second;
      if (all < this.#settings.minRequests || second * 100 < all * this.#settings.failurePercent) return;
      this.#open(now);
    } else if (probe) {
      this.#probing = false;
      this.#openMs = Math.min(this.#openMs * 2, this.#settings.maxOpenMs);
      this.#open(now);
    }
  }

  /** Nobody waited for its end: it says nothing. */
  abandoned(probe: boolean): void {
    if (probe) this.#probing = false;
  }

  #open(now: number): void {
    this.#proven = 0;
    this.#openUntil = now + this.#openMs;
    this.#change('open');
  }

  #change(state: BreakerState): void {
    this.#state = state;
    this.#onChange(state);
  }
}
