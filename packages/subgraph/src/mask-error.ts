import type { Log } from '@alexandrite/telemetry/log';
import { currentTrace } from '@alexandrite/telemetry/trace';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isAway } from './is-away.ts';

/**
 * What the client sees of an error: those that were made for it (a `GraphQLError` with a code, among them everything that
 * parsing and validation say) as they are, of all others only that something failed, whether asking again may help, and the
 * trace to ask about.
 */
export function maskError(log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const thrown = unwrapResolverError(error);
    const code = formatted.extensions?.code;
    if (thrown instanceof GraphQLError && code !== undefined && code !== 'INTERNAL_SERVER_ERROR') {
      return formatted;
    }
    log.error({ err: thrown, path: formatted.path }, 'a resolver failed');
    const trace = currentTrace();
    trace?.span?.fail(thrown);
    const away = isAway(thrown);
    return {
      message: away
        ? 'Something this needs is away for the moment: please try again.'
        : 'Something failed on our side.',
      ...(formatted.path && { path: formatted.path }),
      ...(formatted.locations && { locations: formatted.locations }),
      extensions: {
        code: away ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR',
        traceId: trace?.traceId,
      },
    };
  };
}
