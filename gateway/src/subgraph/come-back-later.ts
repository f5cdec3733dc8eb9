import { GraphQLError } from 'graphql';
import { SubgraphError } from './subgraph.ts';

/**
 * For an answer without any data: where that is since a subgraph takes no requests for now, HTTP says so, and when to
 * come back. `shown` are the errors as the client sees them.
 */
export function comeBackLater(
  shown: readonly GraphQLError[],
  errors: readonly GraphQLError[],
): readonly GraphQLError[] {
  const waits = errors.flatMap(({ originalError }) =>
    originalError instanceof SubgraphError ? (originalError.retryAfterMs ?? []) : [],
  );
  const [first, ...others] = shown;
  if (waits.length === 0 || !first) return shown;
  const seconds = String(Math.ceil(Math.max(...waits) / 1_000));
  const http = { status: 503, headers: new Map([['retry-after', seconds]]) };
  const { message, nodes, source, positions, path, originalError, extensions } = first;
  const told = { nodes, source, positions, path, originalError, extensions: { ...extensions, http } };
  return [new GraphQLError(message, told), ...others];
}
