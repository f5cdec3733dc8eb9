import { traceHeaders } from '@alexandrite/telemetry/trace';
import type { Caller, CallerBudget } from './caller.ts';
import type { SignCaller } from './sign-caller.ts';

const json = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json;q=0.9',
};

/**
 * What every request to a subgraph carries on behalf of one caller: signed once, when the first fetch needs it. `sign` is
 * absent where the subgraphs do not ask for a signature.
 */
export function subgraphHeaders(
  caller: Caller,
  budget: CallerBudget,
  sign: SignCaller | undefined,
): () => Promise<Readonly<Record<string, string>>> {
  let headers: Promise<Readonly<Record<string, string>>> | undefined;
  return () => {
    headers ??= make();
    return headers;
  };

  async function make(): Promise<Readonly<Record<string, string>>> {
    const made: Record<string, string> = { ...caller.forwarded, ...json, ...traceHeaders() };
    if (sign) Object.assign(made, await sign(caller.claims, budget));
    return made;
  }
}
