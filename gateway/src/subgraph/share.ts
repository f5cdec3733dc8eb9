import { copy } from '../execute/merge.ts';
import { gone, late, type SendToSubgraph, type SubgraphAnswer, type SubgraphRequest } from './subgraph.ts';
import { Watch, type Watched } from './watch.ts';

/** Flights, until a map of them is replaced: see why the watch has a list. */
const renewEvery = 1_000;

/**
 * Sends a query that is already in flight, with the same body and the same headers, only once. Everyone gets an answer
 * of their own, since answers are merged in place, and waits as long as they would alone.
 */
export function shareFetches(send: SendToSubgraph, onShared: () => void): SendToSubgraph {
  const watch = new Watch();
  /** By who asks whom, then by what. */
  const flights = new Map<string, Map<string, Flight>>();
  let begun = 0;
  return (request) => {
    if (request.kind !== 'query') return send(request);
    const key = `${request.subgraph}\n${credentialsOf(request.headers)}`;
    let alike = flights.get(key);
    if (!alike) {
      alike = new Map();
      flights.set(key, alike);
    }
    const { body } = request;
    const inFlight = alike.get(body);
    if (inFlight) {
      onShared();
      return inFlight.join(request);
    }
    const flight = new Flight(watch, () => {
      const around = flights.get(key);
      if (around?.get(body) !== flight) return;
      around.delete(body);
      if (around.size === 0) flights.delete(key);
    });
    if (++begun % renewEvery === 0) {
      alike = new Map(alike);
      flights.set(key, alike);
    }
    alike.set(body, flight);
    const answer = flight.join(request);
    flight.begin(send, request);
    return answer;
  };
}

/** One request to a subgraph on behalf of all who want the same. */
class Flight {
  readonly #watch: Watch;
  readonly #onOver: () => void;
  readonly #passengers = new Set<Passenger>();
  /** The flight's own: it goes on as long as somebody waits, whoever was the first. */
  readonly #signal = { aborted: false };

  constructor(watch: Watch, onOver: () => void) {
    this.#watch = watch;
    this.#onOver = onOver;
  }

  begin(send: SendToSubgraph, request: SubgraphRequest): void {
    send({ ...request, signal: this.#signal, deadline: undefined }).then(
      (answer) => this.#arrive(answer),
      (error: unknown) => this.#fail(error),
    );
  }

  join(request: SubgraphRequest): Promise<SubgraphAnswer> {
    return new Promise((resolve, reject) => {
      const passenger = new Passenger(this, request, resolve, reject);
      this.#passengers.add(passenger);
      if (request.signal || request.deadline !== undefined) this.#watch.add(passenger);
    });
  }

  leave(passenger: Passenger): void {
    this.#watch.delete(passenger);
    this.#passengers.delete(passenger);
    if (this.#passengers.size > 0) return;
    // Nobody shall join what is about to be given up.
    this.#onOver();
    this.#signal.aborted = true;
  }

  #arrive(answer: SubgraphAnswer): void {
    this.#onOver();
    const [first, ...others] = this.#passengers;
    let copies: SubgraphAnswer[];
    try {
      // All copies are taken before anybody can change the one that is given away.
      copies = others.map(() => ({ data: copy(answer.data), errors: answer.errors }));
    } catch (error) {
      this.#fail(error);
      return;
    }
    first?.resolve(answer);
    for (const [index, passenger] of others.entries()) passenger.resolve(copies[index]!);
    this.#land();
  }

  #fail(error: unknown): void {
    this.#onOver();
    for (const passenger of this.#passengers) passenger.reject(error);
    this.#land();
  }

  #land(): void {
    for (const passenger of this.#passengers) this.#watch.delete(passenger);
    this.#passengers.clear();
  }
}

/** Somebody who waits for a flight, no longer than they would for one of their own. */
class Passenger implements Watched {
  readonly until: number;
  readonly signal: SubgraphRequest['signal'];
  watchedAt = -1;
  readonly resolve: (answer: SubgraphAnswer) => void;
  readonly reject: (error: unknown) => void;
  readonly #flight: Flight;
  readonly #subgraph: string;

  constructor(
    flight: Flight,
    { subgraph, signal, deadline }: SubgraphRequest,
    resolve: (answer: SubgraphAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#flight = flight;
    this.#subgraph = subgraph;
    this.until = deadline ?? Number.POSITIVE_INFINITY;
    this.signal = signal;
    this.resolve = resolve;
    this.reject = reject;
  }

  expired(): void {
    this.#flight.leave(this);
    this.reject(late(this.#subgraph));
  }

  abandoned(): void {
    this.#flight.leave(this);
    this.reject(gone());
  }
}

/** All headers but those that only say which trace a request belongs to. The headers of a caller are made once. */
function credentialsOf(headers: SubgraphRequest['headers']): string {
  let known = credentials.get(headers);
  if (known === undefined) {
    const { traceparent: _, tracestate: __, ...others } = headers;
    known = JSON.stringify(others);
    credentials.set(headers, known);
  }
  return known;
}
const credentials = new WeakMap<SubgraphRequest['headers'], string>();
