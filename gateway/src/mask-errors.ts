import type { Log } from '@alexandrite/telemetry/log';
import { currentTrace } from '@alexandrite/telemetry/trace';
import { GraphQLError } from 'graphql';
import type { ErrorRule } from './config/settings.ts';
import { sourceOf } from './subgraph/error-source.ts';

/** Codes by which GraphQL servers say that they do not know what went wrong. */
const uncoded = new Set<unknown>([undefined, 'INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR']);
/** What speaks of the inside of a service. */
const inside = ['stacktrace', 'exception', 'serviceName'];
/** The head of the HTTP response, of which the frame takes notice and which it removes. */
const head = 'http';

/** Errors as clients may see them: by the first rule that fits, or masked, or as they are. */
export function createShow(
  { maskErrors: masks, errorRules }: { maskErrors: boolean; errorRules: readonly ErrorRule[] },
  log: Log,
): (errors: readonly GraphQLError[]) => readonly GraphQLError[] {
  if (errorRules.length === 0) return masks ? (errors) => maskErrors(errors, log) : (errors) => errors;
  return (errors) =>
    errors.map((error) => {
      const rule = errorRules.find((candidate) => fits(candidate, error));
      if (rule) return shownBy(rule, error, log);
      return masks ? masked(error, log) : error;
    });
}

/**
 * Errors with a code of their own are meant for the client; all others are logged whole and shown as one sentence with
 * the trace id by which the log is found.
 */
export function maskErrors(errors: readonly GraphQLError[], log: Log): GraphQLError[] {
  return errors.map((error) => masked(error, log));
}

function masked(error: GraphQLError, log: Log): GraphQLError {
  const { extensions } = error;
  if (uncoded.has(extensions.code)) return hidden(error, {}, log);
  return inside.some((name) => name in extensions) ? shown(error, error.message, outside(extensions)) : error;
}

function shownBy({ message, extensions: names }: ErrorRule, error: GraphQLError, log: Log): GraphQLError {
  const { extensions } = error;
  const kept = names
    ? Object.fromEntries(Object.entries(extensions).filter(([name]) => name === head || names.includes(name)))
    : outside(extensions);
  if (message === 'hide') return hidden(error, kept, log);
  return shown(
    error,
    error.message,
    kept.code === undefined ? { ...kept, code: 'INTERNAL_SERVER_ERROR' } : kept,
  );
}

function fits({ subgraphs, codes }: ErrorRule, error: GraphQLError): boolean {
  const source = sourceOf(error);
  // What the gateway itself says is not for rules about subgraphs.
  if (source === undefined || (subgraphs && !subgraphs.includes(source))) return false;
  const code = String(error.extensions.code);
  return (
    codes?.some((wanted) =>
      wanted.endsWith('*') ? code.startsWith(wanted.slice(0, -1)) : code === wanted,
    ) ?? true
  );
}

function hidden(error: GraphQLError, kept: Record<string, unknown>, log: Log): GraphQLError {
  const { path, extensions } = error;
  const subgraph = sourceOf(error);
  log.error({ err: error.originalError ?? error, subgraph, path, extensions }, 'error masked');
  const traceId = currentTrace()?.traceId;
  return shown(error, 'Something went wrong here.', {
    code: 'INTERNAL_SERVER_ERROR',
    ...kept,
    ...(traceId ? { traceId } : {}),
  });
}

function outside(extensions: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extensions).filter(([name]) => !inside.includes(name)));
}

function shown(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
