import { keepArchiving } from '@alexandrite/baton/keep-archiving';
import type { Service } from '@alexandrite/lifecycle';
import { openAll } from '@alexandrite/lifecycle/closers';
import type { Ports } from '@alexandrite/ports';
import { serveSubgraph } from '@alexandrite/subgraph/serve-subgraph';
import { createLog } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import type { Env } from './env.ts';
import { openMes } from './mes.ts';
import { mesContext } from './mes-context.ts';
import { enterDemoOperators } from './operator/demo-operators.ts';
import { resolvers } from './resolvers.ts';

/** The MES: what an order costs, and who makes it. The ports stay their opener's. */
export async function build(env: Env, { bus, cache }: Pick<Ports, 'bus' | 'cache'>): Promise<Service> {
  const log = createLog({ service: 'mes', level: env.logLevel });
  const metrics = new Metrics('mes');
  const { value: url, closers } = await openAll(async (closers) => {
    const { databaseUrl, replicaUrl } = env;
    const mes = await openMes({ databaseUrl, replicaUrl, bus, cache, log, metrics }, closers);
    if (env.demoData) await enterDemoOperators(mes.database);
    closers.use(
      keepArchiving({ url: env.databaseUrl, afterDays: env.archiveAfterDays, log, metrics }),
      'the archive',
    );
    const subgraph = closers.use(
      await serveSubgraph({
        name: 'mes',
        resolvers,
        host: env.host,
        port: env.port,
        gatewaySecret: env.gatewaySecret,
        metricsToken: env.metricsToken,
        log,
        metrics,
        context: (request) => mesContext(request, mes),
        readiness: () => ({ database: mes.database.connected, bus: bus.connected }),
      }),
      'the subgraph',
    );
    return subgraph.url;
  });
  return { url, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}
