import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/**
 * What this gateway itself refuses with, and the HTTP status that goes with it. Codes of subgraphs pass through; those of
 * documents that are wrong are Apollo Server's (`GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`,
 * `BAD_REQUEST`, `OPERATION_RESOLUTION_FAILURE`, `PERSISTED_QUERY_NOT_FOUND`).
 */
export const statusOf = {
  /** No token where one is needed, or a broken one. */
  UNAUTHENTICATED: 401,
  /** The token was good once: ask for a new one. */
  TOKEN_EXPIRED: 401,
  /** The token was withdrawn by its issuer. */
  TOKEN_REVOKED: 401,
  /** The socket's token was renewed, and the new one gives other rights: subscribe again. */
  RIGHTS_CHANGED: 403,
  /** The issuer's keys cannot be had now. */
  KEYS_UNAVAILABLE: 503,
  /** What a subscription would speak of does not exist, or is not the caller's. */
  NOT_FOUND: 200,
  /** Not for this caller to see, by `@authenticated`, `@requiresScopes` or `@policy`. */
  UNAUTHORIZED_FIELD_OR_TYPE: 403,
  /** The budget is used up for now; `waitMs` says for how long. */
  THROTTLED: 429,
  /** Even a full budget would not pay for it. */
  MAX_COST_EXCEEDED: 400,
  /** Deeper, wider or longer than documents may be here. */
  LIMIT_EXCEEDED: 400,
  /** A subscription came over a transport that has only one answer. */
  SUBSCRIPTION_TRANSPORT_REQUIRED: 400,
  /** The gateway has no source of events for this field. */
  EVENTS_UNAVAILABLE: 503,
  /** The graph has changed, and the subscription does not fit it any more. */
  SUBSCRIPTION_OUTDATED: 409,
  /** The place from which to resume was not given by this graph to this caller for this operation. */
  CURSOR_INVALID: 400,
  /** The name of a durable subscriber stands for another subscription of the same caller. */
  DURABLE_CONFLICT: 409,
  /** A durable subscriber has been opened anew, and has one subscription at a time. */
  DURABLE_MOVED: 409,
  /** Too many of something at a time. */
  TOO_MANY: 503,
  /** Valid GraphQL that this gateway does not run. */
  NOT_SUPPORTED: 400,
  /** The gateway is about to end: come back, to another one. */
  SHUTTING_DOWN: 503,
  /** A value that fits its type but not its purpose. */
  BAD_USER_INPUT: 400,
  INTERNAL_SERVER_ERROR: 500,
} as const;

export type GatewayErrorCode = keyof typeof statusOf;

/** An error that the client may see. Apollo Server takes the status and removes it from the answer. */
export function gatewayError(
  code: GatewayErrorCode,
  message: string,
  details: {
    extensions?: Record<string, unknown>;
    path?: readonly (string | number)[];
    cause?: unknown;
  } = {},
): GraphQLError {
  const status = statusOf[code];
  return new GraphQLError(message, {
    path: details.path,
    originalError: details.cause instanceof Error ? details.cause : undefined,
    extensions: { code, ...(status === 200 ? {} : { http: { status } }), ...details.extensions },
  });
}

/** For the transports that Apollo Server does not serve. */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON();
  const { http: _, ...shown } = extensions ?? {};
  return Object.keys(shown).length > 0 ? { ...rest, extensions: shown } : rest;
}
