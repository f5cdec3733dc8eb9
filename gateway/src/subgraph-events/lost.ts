import { SubgraphError } from '../subgraph/subgraph.ts';
import type { UpstreamEnd } from './upstream.ts';

type Lost = Extract<UpstreamEnd, { kind: 'lost' }>;

/** It cannot be reached, or does not answer any more. */
export function lost(subgraph: string, why: string, cause?: unknown): Lost {
  const message = `The subscription at the subgraph "${subgraph}" was lost: ${why}.`;
  return {
    kind: 'lost',
    error: new SubgraphError('SUBGRAPH_UNAVAILABLE', message, { cause, subgraph }),
    again: true,
  };
}

/** It does not speak this protocol, or not to us. */
export function misunderstood(subgraph: string, expected: string, got: string, cause?: unknown): Lost {
  const message = `Expected ${expected} of the subgraph "${subgraph}", got ${got}.`;
  return {
    kind: 'lost',
    error: new SubgraphError('SUBGRAPH_BAD_ANSWER', message, { cause, subgraph }),
    again: false,
  };
}

/** A status by which a server says that it may go better later. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
