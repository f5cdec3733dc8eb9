import { sharedKey } from '@alexandrite/auth/shared-key';
import type { Bus } from '@alexandrite/bus';
import type { Cache } from '@alexandrite/cache';
import type { Service } from '@alexandrite/lifecycle';
import { type Closers, openAll } from '@alexandrite/lifecycle/closers';
import { createLog, type Log } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { operationsEndpoints } from '@alexandrite/telemetry/operations-endpoints';
import type { ApolloServerPlugin } from '@apollo/server';
import { createAudienceOf } from './budgets/audience-of.ts';
import { createFindAccount } from './budgets/audiences.ts';
import { Budgets } from './budgets/budgets.ts';
import { type Authenticate, createAuthenticate, isAdmin } from './caller/authenticate.ts';
import type { Revocations } from './caller/revocations.ts';
import { signerOf } from './caller/sign-caller.ts';
import type { Settings } from './config/settings.ts';
import { DeferredOperations } from './engine/deferred-operations.ts';
import { Engine } from './engine/engine.ts';
import { type FrameContext, startFrame } from './engine/frame.ts';
import { Generations } from './engine/generations.ts';
import { makeGenerations } from './engine/make-generation.ts';
import { engineMetrics } from './engine/metrics.ts';
import { Operations } from './engine/operations.ts';
import { PersistedQueries } from './engine/persisted-queries.ts';
import { createShow } from './mask-errors.ts';
import { Quotas } from './quotas/quotas.ts';
import { graphqlDoor, graphqlPath } from './serving/graphql-door.ts';
import { createPublicServer, type Door } from './serving/public-server.ts';
import { subgraphMetrics } from './subgraph/metrics.ts';
import { refuseUnknownSubgraphs } from './subgraph/subgraphs.ts';
import { Cursors } from './subscriptions/cursor.ts';
import { DeadLetters } from './subscriptions/dead-letters.ts';
import type { Durables } from './subscriptions/durables.ts';
import { Subscriptions, type SubscriptionsOptions } from './subscriptions/subscriptions.ts';
import { watchBus } from './subscriptions/watch-bus.ts';
import { openSource } from './supergraph/open-source.ts';
import { Reloads } from './supergraph/reloads.ts';
import { readNow } from './supergraph/source.ts';
import { acknowledgeDoor } from './transports/acknowledge-door.ts';
import { DirectWay } from './transports/direct-way.ts';
import { graphqlOverHttp } from './transports/http.ts';
import { createHttpStreams } from './transports/http-stream.ts';
import { readWantedPlan } from './transports/plan-request.ts';
import { openWebsocketDoor } from './transports/websocket.ts';

/** What a gateway is given; all of it may be missing. Connected, and owned by whoever opened it. */
export interface GatewayPorts {
  /** Where events come from. */
  bus?: Bus | undefined;
  /** Where budgets are kept. */
  cache?: Cache | undefined;
  log?: Log | undefined;
  /** Of Apollo Server, which then sees every query and mutation over HTTP: none takes the direct way. */
  plugins?: readonly ApolloServerPlugin<FrameContext>[] | undefined;
  /** `SUBGRAPH_URL_<NAME>` of the environment, by name. */
  subgraphUrls?: ReadonlyMap<string, string> | undefined;
}

export interface Gateway extends Service {
  /** Looks for a new supergraph now. Resolves when it is served, or refused: the log says which. */
  reload(): Promise<void>;
}

/** Starts a gateway. Rejects when its supergraph or its configuration cannot be served. */
export async function build(settings: Settings, ports: GatewayPorts = {}): Promise<Gateway> {
  const { value, closers } = await openAll((closers) => open(settings, ports, closers));
  const { url, reloads } = value;
  return {
    url,
    reload: () => reloads.reload('signal'),
    [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose](),
  };
}

async function open(
  settings: Settings,
  ports: GatewayPorts,
  closers: Closers,
): Promise<{ url: string; reloads: Reloads }> {
  const log = ports.log ?? createLog({ service: 'gateway', level: settings.logLevel });
  const metrics = new Metrics('gateway');
  const source = closers.use(
    openSource(settings.supergraph, settings.reload),
    'the source of the supergraph',
  );
  const counted = engineMetrics(
    metrics,
    () => generations.current(),
    createAudienceOf(createFindAccount(settings.audiences)),
  );
  const make = makeGenerations(
    settings,
    ports.subgraphUrls ?? new Map(),
    counted,
    subgraphMetrics(metrics, log),
    log,
  );
  const first = await make(await readNow(source));
  await first.rehearse(settings.rehearsalMs);
  const generations = closers.use(new Generations(first, log), 'the generations');
  refuseUnknownSubgraphs(settings.subgraphs, first.supergraph.subgraphs);
  const { contextSecret } = settings.subgraphs;
  const budgets = openBudgets(settings, ports, metrics, log, closers);
  const quotas = openQuotas(settings, ports, metrics, log, closers);
  const engine = new Engine({
    budgets,
    metrics: counted,
    sign: contextSecret ? await signerOf(sharedKey(contextSecret, 'subgraphs.contextSecret')) : undefined,
    show: createShow(settings, log),
    requestTimeoutMs: settings.requestTimeoutMs,
    asking: { once: settings.askOnce, together: settings.joinFetches },
    log,
  });
  const persisted = new PersistedQueries(settings.persistedQueryCharacters);
  const plugins = ports.plugins ?? [];
  const deferred = new DeferredOperations({
    enabled: settings.defer,
    requestTimeoutMs: settings.requestTimeoutMs,
    engine,
    budgets,
    metrics: counted,
    log,
  });
  const server = await startFrame({
    engine,
    deferred,
    keepAliveMs: settings.subscriptions.keepAliveMs,
    generation: generations.current,
    onGeneration: generations.onInstalled,
    persisted,
    batching: settings.batching.enabled,
    plugins,
    maxTokens: settings.limits.maxTokens,
    log,
  });
  closers.add('Apollo Server', () => server.stop());

  const revocations = await openRevocations(settings, ports, metrics, log, closers);
  const authenticate = await createAuthenticate(settings.auth, revocations);
  const { cursorSecret } = settings.subscriptions;
  const cursors = cursorSecret
    ? new Cursors(sharedKey(cursorSecret, 'subscriptions.cursorSecret'))
    : undefined;
  const subscriptions = new Subscriptions({
    ...settings.subscriptions,
    engine,
    bus: ports.bus,
    generations,
    budgets,
    quotas,
    deadLetters: openDeadLetters(settings, ports, log),
    cursors,
    durables: await openDurables(settings, ports, cursors, metrics, log, closers),
    metrics,
    log,
  });
  if (ports.bus) {
    const told = (stale: boolean) => {
      subscriptions.stale = stale;
    };
    closers.use(watchBus(ports.bus, told, metrics), 'the watch over the bus');
  }
  const operations = new Operations(engine, deferred, subscriptions, generations.current);
  const { proxies, pages } = await openServing(settings, log, closers);
  const streams = createHttpStreams({
    operations,
    authenticate,
    forwardHeaders: settings.subgraphs.forwardHeaders,
    maxBodyBytes: settings.maxBodyBytes,
    maxStreams: settings.subscriptions.maxSockets,
    keepAliveMs: settings.subscriptions.keepAliveMs,
    maxUnreadMs: settings.subscriptions.maxUnreadMs,
    drainMs: settings.subscriptions.drainMs,
    maxEventsPerSecond: settings.subscriptions.maxEventsPerSecond,
    quotas,
  });
  let stopping = false;
  const publicServer = createPublicServer([
    operationsEndpoints({
      metrics,
      readiness: () => ({
        running: !stopping,
        supergraph: true,
        ...(ports.bus ? { bus: ports.bus.connected } : {}),
        ...(ports.cache ? { cache: ports.cache.connected } : {}),
      }),
      isAdmin: async (authorization) => isAdmin(settings.auth, await authenticate(authorization)),
      metricsToken: settings.metricsToken,
    }),
    ...proxies,
    ...(settings.subscriptions.durables
      ? [acknowledgeDoor({ path: `${graphqlPath}/acknowledge`, operations, authenticate, log })]
      : []),
    ...(await openRevocationsDoor(settings, ports, authenticate, log)),
    graphqlDoor({
      log,
      streams,
      cors: settings.cors,
      playground: settings.playground,
      http: graphqlOverHttp({
        server,
        // Plugins see what takes the frame's way.
        direct:
          settings.directWay && plugins.length === 0
            ? new DirectWay({ engine, generation: generations.current, persisted, log })
            : undefined,
        compression: settings.compression,
        maxBatch: settings.batching.maxOperations,
        wantedPlan: readWantedPlan(settings.exposeQueryPlan, (claims) => isAdmin(settings.auth, claims)),
        authenticate,
        forwardHeaders: settings.subgraphs.forwardHeaders,
        maxBodyBytes: settings.maxBodyBytes,
      }),
    }),
    ...pages,
  ]);
  closers.add('the public server', () => publicServer.close());
  const sockets = openWebsocketDoor({
    server: publicServer.server,
    path: graphqlPath,
    operations,
    authenticate,
    quotas,
    forwardHeaders: settings.subgraphs.forwardHeaders,
    settings: settings.subscriptions,
    metrics,
    log,
  });
  revocations?.onRevoked((isRevoked) => {
    sockets.endRevoked(isRevoked);
    streams.endRevoked(isRevoked);
  });
  closers.add('the sockets and streams', async () => {
    await Promise.all([sockets[Symbol.asyncDispose](), streams[Symbol.asyncDispose]()]);
  });
  const url = await publicServer.listen(settings.port, settings.host);
  closers.add('readiness', () => {
    stopping = true;
  });
  const { warmOperations: maxOperations, warmMs: maxMs } = settings.reload;
  const reloads = closers.use(
    new Reloads({ source, generations, make, warming: { maxOperations, maxMs }, metrics, log }),
    'the reloads',
  );
  return { url, reloads };
}

/** What only some gateways serve; the others do without its code, and its memory. */
async function openServing(
  settings: Settings,
  log: Log,
  closers: Closers,
): Promise<{ proxies: Door[]; pages: Door[] }> {
  const proxies: Door[] = [];
  const pages: Door[] = [];
  if (settings.proxies.length > 0) {
    const { createProxy } = await import('./serving/proxy.ts');
    for (const options of settings.proxies) {
      proxies.push(closers.use(createProxy(options, log), `the proxy ${options.prefix}`).door);
    }
  }
  if (settings.pages.length > 0 || settings.home) {
    const { openPages } = await import('./serving/pages.ts');
    pages.push(closers.use(await openPages({ ...settings, log }), 'the pages').door);
  }
  return { proxies, pages };
}

/** Undefined where events that do not fit are only counted and logged. */
function openDeadLetters(
  { subscriptions: { deadLetterSubject } }: Settings,
  { bus }: GatewayPorts,
  log: Log,
): SubscriptionsOptions['deadLetters'] {
  if (deadLetterSubject === undefined || !bus) return undefined;
  return (metrics) => new DeadLetters({ bus, subject: deadLetterSubject, metrics, log });
}

/** Undefined where there are none. */
async function openDurables(
  { subscriptions, audiences }: Settings,
  { bus }: GatewayPorts,
  cursors: Cursors | undefined,
  metrics: Metrics,
  log: Log,
  closers: Closers,
): Promise<Durables | undefined> {
  if (!subscriptions.durables) return undefined;
  if (!bus || !cursors) {
    throw new TypeError('subscriptions.durables: expected a bus and subscriptions.cursorSecret');
  }
  const { Durables } = await import('./subscriptions/durables.ts');
  const find = createFindAccount(audiences);
  return closers.use(
    new Durables({ ...subscriptions.durables, bus, cursors, find, metrics, log }),
    'the durable subscribers',
  );
}

async function openRevocations(
  { auth }: Settings,
  { bus, cache }: GatewayPorts,
  metrics: Metrics,
  log: Log,
  closers: Closers,
): Promise<Revocations | undefined> {
  if (!auth?.revocations) return undefined;
  if (!bus) throw new TypeError('auth.revocations: expected a bus');
  const { Revocations } = await import('./caller/revocations.ts');
  return closers.use(
    await Revocations.open({ ...auth.revocations, bus, cache, metrics, log }),
    'the revocations',
  );
}

/** None where tokens are not withdrawn, or nobody is an administrator. */
async function openRevocationsDoor(
  { auth }: Settings,
  { bus }: GatewayPorts,
  authenticate: Authenticate,
  log: Log,
): Promise<Door[]> {
  if (!auth?.revocations || !bus || Object.keys(auth.admin).length === 0) return [];
  const { revocationsDoor } = await import('./transports/revocations-door.ts');
  return [
    revocationsDoor({
      ...auth.revocations,
      bus,
      isAdmin: async (authorization) => isAdmin(auth, await authenticate(authorization)),
      log,
    }),
  ];
}

/** Undefined where no audience has one. */
function openQuotas(
  { audiences }: Settings,
  { cache }: GatewayPorts,
  metrics: Metrics,
  log: Log,
  closers: Closers,
): Quotas | undefined {
  if (!cache || audiences.every(({ quotas }) => quotas === undefined)) return undefined;
  return closers.use(new Quotas({ cache, find: createFindAccount(audiences), metrics, log }), 'the quotas');
}

function openBudgets(
  { audiences }: Settings,
  { cache }: GatewayPorts,
  metrics: Metrics,
  log: Log,
  closers: Closers,
): Budgets | undefined {
  if (audiences.length === 0) return undefined;
  if (!cache) throw new TypeError('audiences: expected a cache in which budgets are kept');
  return closers.use(new Budgets({ cache, find: createFindAccount(audiences), metrics, log }), 'the budgets');
}
