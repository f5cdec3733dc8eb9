import type { Log } from '@alexandrite/telemetry/log';
import { currentTrace } from '@alexandrite/telemetry/trace';
import { GraphQLError } from 'graphql';

/** Codes by which GraphQL servers say that they do not know what went wrong. */
const uncoded = new Set<unknown>([undefined, 'INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR']);
/** What speaks of the inside of a service. */
const inside = ['stacktrace', 'exception', 'serviceName'];

/**
 * Errors with a code of their own are meant for the client; all others are logged whole and shown as one sentence with
 * the trace id by which the log is found.
 */
export function maskErrors(errors: readonly GraphQLError[], log: Log): GraphQLError[] {
  return errors.map((error) => {
    const { extensions } = error;
    if (!uncoded.has(extensions.code)) {
      return inside.some((name) => name in extensions) ? shown(error, error.message, extensions) : error;
    }
    log.error({ err: error.originalError ?? error, path: error.path, extensions }, 'error masked');
    const traceId = currentTrace()?.traceId;
    return shown(error, 'Something went wrong here.', {
      code: 'INTERNAL_SERVER_ERROR',
      ...(traceId ? { traceId } : {}),
    });
  });
}

function shown(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  const kept = Object.entries(extensions).filter(([name]) => !inside.includes(name));
  return new GraphQLError(message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions: Object.fromEntries(kept),
  });
}
