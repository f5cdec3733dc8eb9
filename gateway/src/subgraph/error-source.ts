import type { GraphQLError } from 'graphql';

const sources = new WeakMap<GraphQLError, string>();

/** Remembers which subgraph an error speaks of; the client is not told. */
export function toldBy<E extends GraphQLError>(error: E, subgraph: string | undefined): E {
  if (subgraph !== undefined) sources.set(error, subgraph);
  return error;
}

/** Undefined for the gateway's own errors. */
export function sourceOf(error: GraphQLError): string | undefined {
  return sources.get(error);
}
