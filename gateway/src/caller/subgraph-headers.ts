import { currentTrace, formatTraceparent, traceparentHeader } from '@alexandrite/telemetry/trace';
import type { Caller, CallerBudget } from './caller.ts';
import type { SignCaller } from './sign-caller.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * What every request to a subgraph carries on behalf of one caller: made once, when the first fetch needs it. `sign` is
 * absent where the subgraphs do not ask for a signature.
 */
export function subgraphHeaders(
  caller: Caller,
  budget: CallerBudget,
  sign: SignCaller | undefined,
): () => Headers {
  let headers: Headers | undefined;
  return () => {
    headers ??= Object.assign(unsigned(caller), sign?.(caller.claims, budget));
    return headers;
  };
}

function unsigned({ forwarded }: Caller): Record<string, string> {
  const made: Record<string, string> = {};
  for (const name in forwarded) made[name] = forwarded[name]!;
  made['content-type'] = 'application/json';
  made.accept = 'application/graphql-response+json, application/json;q=0.9';
  const trace = currentTrace();
  if (trace) made[traceparentHeader] = formatTraceparent(trace);
  return made;
}
