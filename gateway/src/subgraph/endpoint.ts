import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { Connections } from './http1/connections.ts';

/** What happens to a URL that somebody may want to know. */
export interface EndpointEvents {
  circuit(endpoint: Endpoint, state: BreakerState): void;
  ejected(endpoint: Endpoint, forMs: number): void;
}

/** One URL of a subgraph: its open connections, and what is known of its health. */
export class Endpoint implements AsyncDisposable {
  /** For people: without what may be secret. */
  readonly name: string;
  readonly connections: Connections;
  readonly breaker: Breaker;
  readonly #settings: SubgraphSettings['ejection'];
  readonly #events: EndpointEvents;
  #inFlight = 0;
  #failuresInARow = 0;
  #ejections = 0;
  #ejectedUntil = 0;

  constructor(url: string, settings: SubgraphSettings, events: EndpointEvents) {
    const place = new URL(url);
    this.name = place.origin + place.pathname;
    this.#settings = settings.ejection;
    this.#events = events;
    this.breaker = new Breaker(settings.circuit, (state) => events.circuit(this, state));
    this.connections = new Connections(place, settings);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether it is left out for now, while others can be asked. */
  ejected(now: number): boolean {
    return now < this.#ejectedUntil;
  }

  /** Call when a request is sent; hand what it returns to the one call that ends it. */
  begin(): boolean {
    this.#inFlight++;
    return this.breaker.begin();
  }

  succeeded(now: number, probe: boolean): void {
    this.#inFlight--;
    this.#failuresInARow = 0;
    this.#ejections = 0;
    this.breaker.succeeded(now, probe);
  }

  /** `others`: whether somebody else can be asked while this one is left out. */
  failed(now: number, probe: boolean, others: boolean): void {
    this.#inFlight--;
    this.breaker.failed(now, probe);
    const { failures, baseMs, maxMs } = this.#settings;
    if (++this.#failuresInARow < failures || failures === 0 || !others || this.ejected(now)) return;
    // Once it is back, a single failure is enough.
    this.#failuresInARow = failures - 1;
    const forMs = Math.min(maxMs, baseMs * 2 ** this.#ejections++);
    this.#ejectedUntil = now + forMs;
    this.#events.ejected(this, forMs);
  }

  /** Nobody waited for its end: it says nothing. */
  abandoned(probe: boolean): void {
    this.#inFlight--;
    this.breaker.abandoned(probe);
  }

  /** Waits for what is in flight. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.connections[Symbol.asyncDispose]();
  }
}
