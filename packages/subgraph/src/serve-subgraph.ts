import { AuthError } from '@alexandrite/auth/auth-error';
import { type Budget, gatewayContextHeader, verifyContext } from '@alexandrite/auth/gateway-context';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { type Viewer, viewerOf } from '@alexandrite/auth/viewer';
import { subgraphSdl } from '@alexandrite/schema/subgraph-sdl';
import type { Log } from '@alexandrite/telemetry/log';
import { operationsEndpoints } from '@alexandrite/telemetry/operations-endpoints';
import { requestSpan } from '@alexandrite/telemetry/request-span';
import { startTrace, type Trace, traceparentHeader, withTrace } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestListener } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import { type GraphQLFieldResolver, type GraphQLScalarType, parse } from 'graphql';
import { maskError } from './mask-error.ts';
import { DateTime, MinorUnits } from './scalars.ts';
import type { RequestContext, Subgraph, SubgraphOptions } from './subgraph.ts';

declare module 'fastify' {
  interface FastifyRequest {
    trace: Trace;
    caller: { viewer: Viewer | null; budget: Budget | null } | null;
  }
}

/** How long closing waits for requests in flight, of which some may never end. */
const drainMs = 5_000;
const aboutItself: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);
const bodyLimit = 4 * 1024 * 1024; // an entity request of the gateway names thousands of keys

/** Serves one of the schemas of `schema/` over HTTP, to the gateway only. */
export async function serveSubgraph<Context extends RequestContext>(
  options: SubgraphOptions<Context>,
): Promise<Subgraph> {
  const { name, log, metrics } = options;
  let stopping = false;
  const apollo = new ApolloServer<Context>({
    schema: buildSubgraphSchema([{ typeDefs: parse(subgraphSdl(name)), resolvers: withShared(options) }]),
    introspection: true, // the gateway alone can ask
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: maskError(log),
    logger: log,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ...afterMutations(options.afterMutation),
    ],
  });
  await apollo.start();

  const app = fastify({
    bodyLimit,
    requestTimeout: 3_600_000, // 1 hour: uploads over slow lines pass through here
    connectionTimeout: 60_000, // 60 seconds of silence
    forceCloseConnections: 'idle',
  });
  app.decorateRequest('trace');
  app.decorateRequest('caller', null);
  const tracer = tracerOf(name);
  app.addHook('onRequest', async (request, reply) => {
    const header = request.headers[traceparentHeader];
    const route = request.routeOptions.url;
    const span = route && !aboutItself.has(route) && requestSpan(tracer, request.raw, reply.raw, route);
    request.trace = span ? span.trace : startTrace(typeof header === 'string' ? header : undefined);
  });
  // Only now, behind the body: what an event of the socket calls runs outside of the trace.
  app.addHook('preHandler', (request, _reply, done) => withTrace(request.trace, done));

  serveGraphql(app, apollo, options);
  const operations = operationsEndpoints({
    metrics,
    readiness: () => ({ ...options.readiness(), running: !stopping }),
    metricsToken: options.metricsToken,
  });
  for (const url of aboutItself) {
    app.get(url, (request, reply) => {
      reply.hijack();
      operations(request.raw, reply.raw);
    });
  }
  await options.routes?.(app);

  let closing: Promise<void> | undefined;
  const close = async () => {
    stopping = true;
    const cut = setTimeout(() => app.server.closeAllConnections(), drainMs);
    await app.close(); // waits for the requests in flight
    clearTimeout(cut);
    await apollo.stop();
  };
  try {
    const url = await app.listen({ host: options.host, port: options.port });
    log.info({ url }, 'subgraph is served');
    return { url, app, [Symbol.asyncDispose]: () => (closing ??= close()) };
  } catch (error) {
    await close();
    throw error;
  }
}

function serveGraphql<Context extends RequestContext>(
  app: FastifyInstance,
  apollo: ApolloServer<Context>,
  { context, gatewaySecret, log, metrics }: SubgraphOptions<Context>,
): void {
  const key = sharedKey(gatewaySecret, 'GATEWAY_SECRET');
  const duration = metrics.histogram({
    name: 'graphql_request_seconds',
    help: 'GraphQL requests of the gateway.',
    labelNames: ['status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  });

  app.route({
    method: 'POST',
    url: '/graphql',
    async onRequest(request, reply) {
      try {
        const { claims, budget } = await verifyContext(key, request.headers[gatewayContextHeader]);
        request.caller = { viewer: claims && viewerOf(claims), budget };
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        const { code, message } = error;
        await reply.code(401).send({ errors: [{ message, extensions: { code } }] });
      }
    },
    async onResponse(_request, reply) {
      duration.observe({ status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    },
    handler: fastifyApolloHandler(apollo, {
      context: async (request) => context(requestContext(request as FastifyRequest, log)),
    }),
  });
}

function requestContext({ caller, trace }: FastifyRequest, log: Log): RequestContext {
  if (!caller) throw new Error('expected the caller to be known here');
  return { ...caller, log, traceId: trace.traceId };
}

function afterMutations<Context extends RequestContext>(
  done: SubgraphOptions<Context>['afterMutation'],
): ApolloServerPlugin<Context>[] {
  if (!done) return [];
  const willSendResponse: GraphQLRequestListener<Context>['willSendResponse'] = async (request) => {
    if (request.operation?.operation === 'mutation') await done(request.contextValue);
  };
  return [{ requestDidStart: async () => ({ willSendResponse }) }];
}

type ResolverMap = Record<string, GraphQLScalarType | Record<string, GraphQLFieldResolver<unknown, unknown>>>;

/** What every subgraph answers alike. */
function withShared<Context extends RequestContext>({ resolvers }: SubgraphOptions<Context>): ResolverMap {
  return {
    DateTime,
    MinorUnits,
    OrderResult: {
      __resolveType: (value: { __typename?: string }) =>
        value.__typename === 'Refusal' ? 'Refusal' : 'Order',
    },
    ...(resolvers as ResolverMap),
  } as ResolverMap;
}
