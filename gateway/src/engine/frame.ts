import type { Log } from '@alexandrite/telemetry/log';
import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError } from 'graphql';
import type { Caller } from '../caller/caller.ts';
import { gatewayError } from '../errors.ts';
import { maskErrors } from '../mask-errors.ts';
import type { Engine } from './engine.ts';
import type { Generation } from './generation.ts';

/** What Apollo Server carries from the door to the engine. */
export interface FrameContext {
  caller: Caller;
}

export interface FrameOptions {
  engine: Engine;
  generation: () => Generation;
  introspection: boolean;
  maxTokens: number | undefined;
  log: Log;
}

/** Asks for the price only; `extensions.dryRun: true` does the same. */
const dryRunHeader = 'x-dry-run';

type Gateway = ApolloServerOptionsWithGateway<FrameContext>['gateway'];
type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

/**
 * Apollo Server as the frame of queries and mutations over HTTP: parsing, validation, persisted queries, plugins. What
 * runs inside is our own engine.
 */
export async function startFrame(options: FrameOptions): Promise<ApolloServer<FrameContext>> {
  const { engine, generation, log } = options;
  const execute: Executor = async ({ document, queryHash, request, context }) => {
    const current = generation();
    try {
      const compiled = await current.compileDocument(queryHash, document, request.operationName);
      if (compiled.kind === 'subscription') throw [needsStream()];
      const { caller } = context as FrameContext;
      const dryRun =
        request.extensions?.dryRun === true || request.http?.headers.get(dryRunHeader) === 'true';
      return await engine.execute(current, compiled, request.variables ?? {}, caller, { dryRun });
    } catch (error) {
      if (Array.isArray(error)) return { errors: error as GraphQLError[] };
      throw error;
    }
  };
  type Listener = Parameters<Gateway['onSchemaLoadOrUpdate']>[0];
  const listeners = new Set<Listener>();
  const gateway: Gateway = {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      const { apiSchema, sdl } = generation().supergraph;
      for (const listener of listeners) listener({ apiSchema, coreSupergraphSdl: sdl });
      return { executor: execute };
    },
    stop: () => Promise.resolve(),
  };
  const server = new ApolloServer<FrameContext>({
    gateway,
    introspection: options.introspection,
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
    formatError(formatted, error) {
      // The engine's errors are masked already; what the frame itself stumbles over is never shown.
      if (formatted.extensions?.code !== 'INTERNAL_SERVER_ERROR' || 'traceId' in formatted.extensions)
        return formatted;
      if (error instanceof GraphQLError && !error.originalError) return formatted;
      const graphqlError =
        error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
      return maskErrors([graphqlError], log)[0]!.toJSON();
    },
    plugins: [
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

function needsStream(): GraphQLError {
  return gatewayError(
    'SUBSCRIPTION_TRANSPORT_REQUIRED',
    'A subscription needs a WebSocket (graphql-transport-ws), or Accept: text/event-stream or multipart/mixed.',
  );
}
