import { answerQuestions } from '@alexandrite/baton/answer-questions';
import { SystemQuestions } from '@alexandrite/baton/ask-systems';
import { createBaton } from '@alexandrite/baton/create-baton';
import { keepArchiving } from '@alexandrite/baton/keep-archiving';
import type { Database } from '@alexandrite/database';
import { OwnWrites } from '@alexandrite/database/own-writes';
import type { Service } from '@alexandrite/lifecycle';
import { openAll } from '@alexandrite/lifecycle/closers';
import { openOutbox } from '@alexandrite/outbox/open-outbox';
import type { Ports } from '@alexandrite/ports';
import { serveSubgraph } from '@alexandrite/subgraph/serve-subgraph';
import { tariffAt } from '@alexandrite/tariff';
import { TariffBook } from '@alexandrite/tariff/tariff-book';
import { createLog, type Log } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { shopContext } from './context.ts';
import { openShopDatabase } from './database.ts';
import type { Env } from './env.ts';
import { onOrderMoved } from './history/on-order-moved.ts';
import { submitLimit } from './limit/submit-limit.ts';
import { DownloadUrls } from './model/download-url.ts';
import { advanceWaitingOrders } from './order/advance-waiting-orders.ts';
import { forgetIdempotencyKeys } from './order/idempotency-key.ts';
import { resubmitOrder } from './order/resubmit-order.ts';
import { StageClock } from './promise/stage-times.ts';
import { Reconciler } from './reconciler/reconciler.ts';
import { repeat } from './repeat.ts';
import { resolvers } from './resolvers.ts';
import type { Shop } from './shop.ts';
import { forgetUploads } from './upload/forget-uploads.ts';
import { uploadRoutes } from './upload/upload-routes.ts';
import { shopWaitsFor } from './watchdog/waits-for.ts';
import { Watchdog } from './watchdog/watchdog.ts';

const tidyEveryMs = 60_000; // 1 minute
const watchEveryMs = 2_000; // 2 seconds
const reconcileEveryMs = 2_000; // looks so often whether somebody has asked for it

export interface ShopService extends Service {
  /** Its own; for whoever counts statements. */
  readonly database: Database;
}

/** The shop: models, and orders until they are submitted. The ports stay their opener's. */
export async function build(env: Env, ports: Ports, log: Log = shopLog(env)): Promise<ShopService> {
  const { bus, cache, files } = ports;
  const metrics = new Metrics('shop');
  const { value, closers } = await openAll(async (closers) => {
    // What can be ordered follows the tariffs as they change.
    const tariffs = new TariffBook({
      folder: env.tariffs,
      onRefused: ({ message }) => log.error({ reason: message }, 'a change of tariffs is refused'),
    });
    closers.use(tariffs, 'tariffs');
    const database = closers.use(
      await openShopDatabase({ url: env.databaseUrl, replicaUrl: env.replicaUrl, log, metrics }),
      'the database',
    );
    const outbox = closers.use(openOutbox({ database, bus, log, metrics }), 'the outbox');
    const baton = closers.use(
      createBaton({
        system: 'SHOP',
        database,
        outbox,
        bus,
        cache,
        log,
        metrics,
        onMove: onOrderMoved(metrics),
      }),
      'the baton',
    );
    await outbox.start();
    await baton.start();
    const ownWrites = new OwnWrites({ database, cache, log, service: 'shop' });
    const shop: Shop = {
      database,
      ownWrites,
      baton,
      files,
      log,
      downloadUrls: new DownloadUrls(env.publicUrl, env.gatewaySecret),
      submitLimit: submitLimit(cache, log),
      tariff: () => tariffAt(tariffs.tariffs, new Date()),
      stageClock: new StageClock(database),
      publicUrl: env.publicUrl,
      maxUploadBytes: env.maxUploadBytes,
      submitsPerMinute: env.submitsPerMinute,
    };
    const tidy = async () => {
      await advanceWaitingOrders(shop);
      await forgetUploads(database);
      await forgetIdempotencyKeys(database);
    };
    closers.use(repeat('tidying up', tidyEveryMs, log, tidy), 'the tidying up');
    const answers = {
      ...({ system: 'SHOP', database, outbox, bus, log, waitsFor: shopWaitsFor } as const),
      resubmit: (orderId: string, why: { by: string; reason: string | null }) =>
        resubmitOrder(baton, orderId, why),
    };
    closers.use(await answerQuestions(answers), 'answering the other systems');
    const questions = closers.use(new SystemQuestions(answers), 'asking the other systems');
    questions.start();
    const watchdog = new Watchdog({
      database,
      bus,
      questions,
      log: log.child({ part: 'watchdog' }),
      metrics,
    });
    closers.use(
      repeat('the watchdog', watchEveryMs, log, () => watchdog.look()),
      'the watchdog',
    );
    const reconciler = new Reconciler({
      ...{ database, questions, metrics },
      log: log.child({ part: 'reconciler' }),
      everyMs: env.reconcileMinutes * 60_000,
    });
    const reconciling = repeat('the reconciler', reconcileEveryMs, log, () => reconciler.work());
    closers.use(reconciling, 'the reconciling');
    closers.use(reconciler, 'the reconciler');
    closers.use(
      keepArchiving({ url: env.databaseUrl, afterDays: env.archiveAfterDays, log, metrics }),
      'the archive',
    );
    const subgraph = closers.use(
      await serveSubgraph({
        name: 'shop',
        resolvers,
        host: env.host,
        port: env.port,
        gatewaySecret: env.gatewaySecret,
        metricsToken: env.metricsToken,
        log,
        metrics,
        context: (request) => shopContext(request, shop),
        afterMutation: ({ viewer }) => (viewer ? ownWrites.remember(viewer.sub) : undefined),
        readiness: () => ({ database: database.connected, bus: bus.connected }),
        routes: uploadRoutes(shop),
      }),
      'the subgraph',
    );
    return { url: subgraph.url, database };
  });
  return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}

function shopLog(env: Env): Log {
  return createLog({ service: 'shop', level: env.logLevel });
}
