import type { Log } from '@alexandrite/telemetry/log';
import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { Caller } from '../caller/caller.ts';
import { gatewayError } from '../errors.ts';
import type { DeferredOperations } from './deferred-operations.ts';
import type { Engine } from './engine.ts';
import { answersInParts, executeInParts } from './frame-parts.ts';
import type { Generation } from './generation.ts';
import { incrementalSpec } from './incremental.ts';
import type { PersistedQueries } from './persisted-queries.ts';
import { shownByFrame } from './shown-errors.ts';
import { showPlan } from './shown-plan.ts';

/** What Apollo Server carries from the door to the engine. */
export interface FrameContext {
  caller: Caller;
  /** One of several requests that have one answer together: none of it can come in parts. */
  batched?: boolean;
  /** Whether the plan is told, beside the answer or instead of it. */
  plan?: 'beside' | 'instead' | undefined;
  /** Why the operation cannot be compiled, where that is known already. */
  refused?: unknown;
}

export interface FrameOptions {
  engine: Engine;
  deferred: DeferredOperations;
  /** A client that waits for parts of an answer hears something so often. */
  keepAliveMs: number;
  generation: () => Generation;
  /** Calls its listener when there is a new generation. */
  onGeneration: (listener: (generation: Generation) => void) => void;
  persisted: PersistedQueries;
  /** Whether a list of operations may come in one request. */
  batching: boolean;
  /** Of whoever builds this gateway into something of their own. */
  plugins: readonly ApolloServerPlugin<FrameContext>[];
  maxTokens: number | undefined;
  log: Log;
}

/** Asks for the price only; `extensions.dryRun: true` does the same. */
export const dryRunHeader = 'x-dry-run';

/** Compiled operations keep most of them anyway. */
const maxKnownDocuments = 500;

type Gateway = ApolloServerOptionsWithGateway<FrameContext>['gateway'];
type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

/**
 * Apollo Server as the frame of queries and mutations over HTTP: parsing, persisted queries, plugins. What
 * runs inside is our own engine.
 */
export async function startFrame(options: FrameOptions): Promise<ApolloServer<FrameContext>> {
  const { engine, generation, log } = options;
  const documents = new KnownDocuments();
  const execute: Executor = async ({ document, source, queryHash, request, context }) => {
    const current = generation();
    current.retain();
    try {
      const { batched, caller, plan, refused } = context as FrameContext;
      if (refused !== undefined) throw refused;
      const compiled = await current.compileDocument(source, document, request.operationName);
      documents.keep(queryHash, compiled.document);
      const variables = request.variables ?? {};
      const queryPlan = plan && (await showPlan(current, compiled.for(caller.claims), variables));
      if (queryPlan && 'errors' in queryPlan) return queryPlan;
      if (plan === 'instead') return { data: null, extensions: { queryPlan } };
      if (compiled.kind === 'subscription') throw [needsStream()];
      const dryRun =
        request.extensions?.dryRun === true || request.http?.headers.get(dryRunHeader) === 'true';
      const accept = request.http?.headers.get('accept') ?? undefined;
      const spec = compiled.defers && !dryRun && !batched ? incrementalSpec(accept) : null;
      const result = spec
        ? await executeInParts(options.deferred, spec, current, compiled, variables, context as FrameContext)
        : await engine.execute(current, compiled, variables, caller, { dryRun });
      return queryPlan ? { ...result, extensions: { ...result.extensions, queryPlan } } : result;
    } catch (error) {
      if (Array.isArray(error)) return { errors: error as GraphQLError[] };
      if (error instanceof GraphQLError) return { errors: [error] };
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
    persistedQueries: { cache: options.persisted },
    documentStore: documents,
    allowBatchedHttpRequests: options.batching,
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
      ...options.plugins,
      answersInParts(options.keepAliveMs),
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

function needsStream(): GraphQLError {
  return gatewayError(
    'SUBSCRIPTION_TRANSPORT_REQUIRED',
    'A subscription needs a WebSocket (graphql-transport-ws), or Accept: text/event-stream or multipart/mixed.',
  );
}

/**
 * Parsed documents by their hash: of those only that were compiled and are kept, which hold them. What is wrong is parsed
 * again each time, since there is no end of it.
 */
class KnownDocuments {
  readonly #documents = new Map<string, WeakRef<DocumentNode>>();

  keep(hash: string, document: DocumentNode): void {
    if (this.#documents.size >= maxKnownDocuments) this.#documents.clear();
    this.#documents.set(hash, new WeakRef(document));
  }

  get(key: string): Promise<DocumentNode | undefined> {
    // Apollo Server puts the schema's hash before the document's.
    return Promise.resolve(this.#documents.get(key.slice(key.lastIndexOf(':') + 1))?.deref());
  }

  /** Apollo Server would have everything kept that could be parsed. */
  set(): Promise<void> {
    return Promise.resolve();
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.#documents.delete(key));
  }
}
