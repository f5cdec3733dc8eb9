import type { Endpoint } from './endpoint.ts';

/**
 * Of two drawn by lot, the one with less to do; the least busy of all where one of the two cannot be asked. `avoid` has
 * just failed. Null when every URL is to be left alone.
 */
export function choose(endpoints: readonly Endpoint[], now: number, avoid: Endpoint | null): Endpoint | null {
  const { length } = endpoints;
  if (length === 1) return endpoints[0]!.breaker.admits(now) ? endpoints[0]! : null;
  const position = Math.floor(Math.random() * length);
  const first = endpoints[position]!;
  const second = endpoints[(position + 1 + Math.floor(Math.random() * (length - 1))) % length]!;
  if (usable(first, now, avoid) && usable(second, now, avoid)) {
    return second.inFlight < first.inFlight ? second : first;
  }
  return (
    leastBusy(endpoints, (endpoint) => usable(endpoint, now, avoid)) ??
    // Better one that has been left out, or has just failed, than none.
    leastBusy(endpoints, (endpoint) => endpoint.breaker.admits(now) && !endpoint.ejected(now)) ??
    leastBusy(endpoints, (endpoint) => endpoint.breaker.admits(now))
  );
}

function usable(endpoint: Endpoint, now: number, avoid: Endpoint | null): boolean {
  return endpoint !== avoid && !endpoint.ejected(now) && endpoint.breaker.admits(now);
}

function leastBusy(endpoints: readonly Endpoint[], may: (endpoint: Endpoint) => boolean): Endpoint | null {
  let found: Endpoint | null = null;
  for (const endpoint of endpoints) {
    if (may(endpoint) && (found === null || endpoint.inFlight < found.inFlight)) found = endpoint;
  }
  return found;
}
