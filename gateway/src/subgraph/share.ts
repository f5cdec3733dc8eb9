import type { SendToSubgraph, SubgraphAnswer } from './subgraph.ts';

/**
 * Sends a query that is already in flight, with the same body and the same headers, only once. Everyone gets an answer
 * of their own, since answers are merged in place.
 */
export function shareFetches(send: SendToSubgraph, onShared: () => void): SendToSubgraph {
  const flights = new Map<string, { answer: Promise<SubgraphAnswer>; shared: boolean }>();
  return async (request) => {
    if (request.kind !== 'query') return send(request);
    const { traceparent: _, ...credentials } = request.headers;
    const key = `${request.subgraph}\n${JSON.stringify(credentials)}\n${request.body}`;
    const inFlight = flights.get(key);
    if (inFlight) {
      inFlight.shared = true;
      onShared();
      return structuredClone(await inFlight.answer);
    }
    // Others may still wait when the first one goes: the shared flight has no signal.
    const flight = { answer: send({ ...request, signal: undefined }), shared: false };
    flights.set(key, flight);
    try {
      const answer = await flight.answer;
      return flight.shared ? structuredClone(answer) : answer;
    } finally {
      flights.delete(key);
    }
  };
}
