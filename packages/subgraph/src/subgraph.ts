import type { Budget } from '@alexandrite/auth/gateway-context';
import type { Viewer } from '@alexandrite/auth/viewer';
import type { Service } from '@alexandrite/lifecycle';
import type { SubgraphName } from '@alexandrite/schema/subgraph-sdl';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { FastifyInstance } from 'fastify';

/** What every resolver of every subgraph knows; a service adds its loaders and verbs (`context` below). */
export interface RequestContext {
  /** Who asks; null is an anonymous caller. */
  viewer: Viewer | null;
  /** The caller's points as the gateway saw them; null is no limit. */
  budget: Budget | null;
  /** Knows the trace. */
  log: Log;
  traceId: string;
}

/**
 * Type name → field name → `(parent, args, context, info) => …`, the way graphql-js calls it; also `__resolveReference` of
 * an entity (`(reference, context)`) and `__resolveType` of a union. `Refusal`, `OrderResult`'s type resolution, and the
 * scalars are there already.
 */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface SubgraphOptions<Context extends RequestContext> {
  name: Exclude<SubgraphName, 'events'>;
  resolvers: Resolvers;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Signs the gateway's context. */
  gatewaySecret: string;
  /** Lets a collector of metrics read them from another machine. */
  metricsToken?: string | undefined;
  log: Log;
  metrics: Metrics;
  /** Called once for every request: adds the request's own loaders. */
  context: (request: RequestContext) => Context;
  /** Called when a mutation is done, before its answer leaves, which waits for it. */
  afterMutation?: (context: Context) => Promise<void> | undefined;
  /** What must be true for `/health/ready`. */
  readiness: () => Record<string, boolean>;
  /** Routes beside `/graphql`, without the gateway's context. */
  routes?: (app: FastifyInstance) => Promise<void> | void;
}

/** A served subgraph: `url` is the base, GraphQL is at `<url>/graphql`. Disposing lets requests in flight finish. */
export interface Subgraph extends Service {
  readonly app: FastifyInstance;
}
