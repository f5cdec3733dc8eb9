import type { Log } from '@alexandrite/telemetry/log';
import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Caller } from '../caller/caller.ts';
import { formatError, gatewayError } from '../errors.ts';
import { isObject } from '../execute/json.ts';
import { maskErrors } from '../mask-errors.ts';
import { tooDeep } from '../operation/document.ts';
import type { Engine } from './engine.ts';
import type { Generation } from './generation.ts';

/** What Apollo Server carries from the door to the engine. */
export interface FrameContext {
  caller: Caller;
}

export interface FrameOptions {
  engine: Engine;
  generation: () => Generation;
  /** Calls its listener when there is a new generation. */
  onGeneration: (listener: (generation: Generation) => void) => void;
  maxTokens: number | undefined;
  log: Log;
}

/** Asks for the price only; `extensions.dryRun: true` does the same. */
const dryRunHeader = 'x-dry-run';

type Gateway = ApolloServerOptionsWithGateway<FrameContext>['gateway'];
type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

/**
 * Apollo Server as the frame of queries and mutations over HTTP: parsing, persisted queries, plugins. What
 * runs inside is our own engine.
 */
export async function startFrame(options: FrameOptions): Promise<ApolloServer<FrameContext>> {
  const { engine, generation, log } = options;
  const execute: Executor = async ({ document, source, request, context }) => {
    const current = generation();
    current.retain();
    try {
      const compiled = await current.compileDocument(source, document, request.operationName);
      if (compiled.kind === 'subscription') throw [needsStream()];
      const { caller } = context as FrameContext;
      const dryRun =
        request.extensions?.dryRun === true || request.http?.headers.get(dryRunHeader) === 'true';
      return await engine.execute(current, compiled, request.variables ?? {}, caller, { dryRun });
    } catch (error) {
      if (Array.isArray(error)) return { errors: error as GraphQLError[] };
      throw error;
    } finally {
      current.release();
    }
  };
  type Listener = Parameters<Gateway['onSchemaLoadOrUpdate']>[0];
  const listeners = new Set<Listener>();
  const tell = ({ supergraph: { apiSchema } }: Generation) => {
    // The text is for Apollo's registry, to which nothing is reported.
    for (const listener of listeners) listener({ apiSchema, coreSupergraphSdl: '' });
  };
  options.onGeneration(tell);
  const gateway: Gateway = {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      tell(generation());
      return { executor: execute };
    },
    stop: () => Promise.resolve(),
  };
  const server = new ApolloServer<FrameContext>({
    gateway,
    // Validation is the generation's, behind its limits: here nothing would bound what it costs.
    dangerouslyDisableValidation: true,
    parseOptions: { maxTokens: options.maxTokens },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Only JSON is read from a POST and no cookie from anybody: no page of another origin can ask without a preflight.
    csrfPrevention: false,
    stringifyResult: (value) => JSON.stringify(value),
    logger: {
      debug: (message) => log.trace(String(message)),
      info: (message) => log.debug(String(message)),
      warn: (message) => log.warn(String(message)),
      error: (message) => log.error(String(message)),
    },
    formatError: (formatted, error) => shownByFrame(formatted, error, log),
    plugins: [
      costOfRefusals(engine),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await server.start();
  return server;
}

/** Every answer tells the budget, also that of a document of which nothing could run. */
function costOfRefusals(engine: Engine): ApolloServerPlugin<FrameContext> {
  return {
    requestDidStart: async () => ({
      async willSendResponse({ response: { body }, contextValue: { caller } }) {
        if (body.kind !== 'single' || body.singleResult.extensions?.cost) return;
        const cost = await engine.costOfNothing(caller);
        if (cost) body.singleResult.extensions = { ...body.singleResult.extensions, cost };
      },
    }),
  };
}

/** The engine's errors are masked already; what the frame itself stumbles over is never shown. */
function shownByFrame(formatted: GraphQLFormattedError, error: unknown, log: Log): GraphQLFormattedError {
  const { code, ...extensions } = formatted.extensions ?? {};
  if (!(error instanceof GraphQLError)) {
    return code === 'INTERNAL_SERVER_ERROR'
      ? maskErrors([new GraphQLError('', { originalError: error as Error })], log)[0]!.toJSON()
      : formatted;
  }
  const { originalError } = error;
  if (code === 'GRAPHQL_PARSE_FAILED') {
    const cause = originalError instanceof GraphQLError ? originalError.originalError : originalError;
    return cause instanceof RangeError ? formatError(tooDeep(cause)) : formatted;
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

function needsStream(): GraphQLError {
  return gatewayError(
    'SUBSCRIPTION_TRANSPORT_REQUIRED',
    'A subscription needs a WebSocket (graphql-transport-ws), or Accept: text/event-stream or multipart/mixed.',
  );
}
