import type { OnMove } from '@alexandrite/baton';
import { answerQuestions } from '@alexandrite/baton/answer-questions';
import { createBaton } from '@alexandrite/baton/create-baton';
import { keepArchiving } from '@alexandrite/baton/keep-archiving';
import type { Database } from '@alexandrite/database';
import { afterCommit } from '@alexandrite/database/after-commit';
import type { Service } from '@alexandrite/lifecycle';
import { openAll } from '@alexandrite/lifecycle/closers';
import { openOutbox } from '@alexandrite/outbox/open-outbox';
import type { Ports } from '@alexandrite/ports';
import { serveSubgraph } from '@alexandrite/subgraph/serve-subgraph';
import { createLog } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { onOrderMoved } from './approval/on-order-moved.ts';
import { measureQueue } from './approval/queue-metrics.ts';
import { waitsFor } from './approval/waits-for.ts';
import { crmContext } from './context.ts';
import { openCrmDatabase } from './database.ts';
import { enterDemoPeople } from './demo-people.ts';
import type { Env } from './env.ts';
import { resolvers } from './resolvers.ts';
import { queueDeliveries } from './webhook/queue-deliveries.ts';
import { WebhookSender } from './webhook/webhook-sender.ts';

export interface Crm extends Service {
  /** Its own; for whoever counts statements. */
  readonly database: Database;
}

/** The CRM: whose order it is, and what is decided on its price. The ports stay their opener's. */
export async function build(env: Env, { bus, cache }: Pick<Ports, 'bus' | 'cache'>): Promise<Crm> {
  const log = createLog({ service: 'crm', level: env.logLevel });
  const metrics = new Metrics('crm');
  const { value, closers } = await openAll(async (closers) => {
    const database = closers.use(
      await openCrmDatabase({ url: env.databaseUrl, log, metrics }),
      'the database',
    );
    if (env.demoData) await enterDemoPeople(database.em());
    measureQueue(database, metrics, log);
    const outbox = closers.use(openOutbox({ database, bus, log, metrics }), 'the outbox');
    const allowed = new Set(env.webhookAllowedHosts);
    const webhooks = closers.use(
      new WebhookSender({ database, outbox, log, metrics, allowed }),
      'the webhooks',
    );
    const onMove: OnMove = async (tx, order, moved) => {
      await onOrderMoved(tx, order, moved);
      if (await queueDeliveries(tx, order, moved)) afterCommit(tx, () => webhooks.wake());
    };
    const baton = closers.use(
      createBaton({ system: 'CRM', database, outbox, bus, cache, log, metrics, onMove }),
      'the baton',
    );
    await outbox.start();
    await baton.start();
    webhooks.start();
    closers.use(
      await answerQuestions({ system: 'CRM', database, outbox, bus, log, waitsFor: waitsFor(database) }),
      'answering the other systems',
    );
    closers.use(
      keepArchiving({ url: env.databaseUrl, afterDays: env.archiveAfterDays, log, metrics }),
      'the archive',
    );
    const subgraph = closers.use(
      await serveSubgraph({
        name: 'crm',
        resolvers,
        host: env.host,
        port: env.port,
        gatewaySecret: env.gatewaySecret,
        metricsToken: env.metricsToken,
        log,
        metrics,
        context: (request) =>
          crmContext(request, {
            database,
            outbox,
            baton,
            webhookHosts: allowed,
            wakeWebhooks: () => webhooks.wake(),
          }),
        readiness: () => ({ database: database.connected, bus: bus.connected }),
      }),
      'the subgraph',
    );
    return { url: subgraph.url, database };
  });
  return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}
