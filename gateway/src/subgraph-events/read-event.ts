import { readResult } from '../subgraph/read-answer.ts';
import type { SubgraphAnswer } from '../subgraph/subgraph.ts';
import { misunderstood } from './lost.ts';
import type { UpstreamEnd } from './upstream.ts';

/** A message of a subscription as the subgraph has sent it: an event, or what is the end of it. */
export function readEvent(
  subgraph: string,
  message: unknown,
): { event: SubgraphAnswer; end?: undefined } | { event?: undefined; end: UpstreamEnd } {
  const event = readResult(subgraph, message);
  const isEvent = event && (message as { data?: unknown }).data !== undefined;
  if (isEvent) return { event };
  if (!event || event.errors.length === 0)
    return { end: misunderstood(subgraph, 'GraphQL results', 'something else') };
  // Without any data it is no event: there is no source of them, and most servers say `complete` next.
  return { end: { kind: 'errors', errors: event.errors } };
}
