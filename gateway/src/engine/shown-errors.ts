import type { Log } from '@alexandrite/telemetry/log';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { formatError } from '../errors.ts';
import { isObject } from '../execute/json.ts';
import { maskErrors } from '../mask-errors.ts';
import { tooDeep, tooLong } from '../operation/document.ts';

/** Errors of an answer over HTTP, and what they say of the HTTP response. */
export interface ShownErrors {
  errors: GraphQLFormattedError[];
  /** Of the last error that names one. */
  status: number | undefined;
  headers: ReadonlyMap<string, string>;
}

/** What Apollo Server does with the errors of an answer, for answers that it does not see. */
export function showErrors(errors: readonly GraphQLError[], log: Log): ShownErrors {
  const headers = new Map<string, string>();
  let status: number | undefined;
  const shown = errors.map((error) => {
    const { http, ...extensions } = error.extensions;
    const isHead = isHttpHead(http);
    if (isHead) {
      if (http.status) status = http.status;
      for (const [name, value] of http.headers ?? []) headers.set(name, value);
    }
    return shownByFrame(
      {
        ...error.toJSON(),
        extensions: {
          ...(isHead || http === undefined ? extensions : error.extensions),
          code: extensions.code ?? 'INTERNAL_SERVER_ERROR',
        },
      },
      error,
      log,
    );
  });
  return { errors: shown, status, headers };
}

function isHttpHead(http: unknown): http is { status?: number; headers?: ReadonlyMap<string, string> } {
  return (
    typeof http === 'object' &&
    http !== null &&
    (!('status' in http) || typeof http.status === 'number') &&
    (!('headers' in http) || http.headers instanceof Map)
  );
}

/** The engine's errors are masked already; what the frame itself stumbles over is never shown. */
export function shownByFrame(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Log,
): GraphQLFormattedError {
  const { code, ...extensions } = formatted.extensions ?? {};
  if (!(error instanceof GraphQLError)) {
    return code === 'INTERNAL_SERVER_ERROR'
      ? maskErrors([new GraphQLError('', { originalError: error as Error })], log)[0]!.toJSON()
      : formatted;
  }
  const { originalError } = error;
  if (code === 'GRAPHQL_PARSE_FAILED') {
    const cause = originalError instanceof GraphQLError ? originalError.originalError : originalError;
    const limit = cause instanceof RangeError ? tooDeep(cause) : tooLong(error);
    return limit ? formatError(limit) : formatted;
  }
  if (code === 'OPERATION_RESOLUTION_FAILURE' && originalError instanceof GraphQLError) {
    // Why there is no operation: a document that is wrong has none either.
    return { ...formatted, extensions: { ...extensions, code: originalError.extensions.code ?? code } };
  }
  if (code !== 'INTERNAL_SERVER_ERROR' || 'traceId' in extensions) return formatted;
  if (originalError) return maskErrors([error], log)[0]!.toJSON();
  // Refused by the frame without a code, as persisted queries of another version are.
  return refusesRequest(error)
    ? { ...formatted, extensions: { ...extensions, code: 'BAD_REQUEST' } }
    : formatted;
}

function refusesRequest({ path, extensions: { code, http } }: GraphQLError): boolean {
  return path === undefined && code === undefined && isObject(http) && http.status === 400;
}
