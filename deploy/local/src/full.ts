import { join } from 'node:path';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { root } from './checkout.ts';
import { prepareCluster } from './cluster.ts';
import { createStreams } from './create-streams.ts';
import { sowOnce } from './demo/sow-once.ts';
import { freePort } from './free-port.ts';
import { serveMetrics } from './metrics-server.ts';
import { MetricsTargets } from './metrics-targets.ts';
import { watchNats } from './nats-metrics.ts';
import { endLeftover } from './postgres.ts';
import { prepareReplica } from './replica.ts';
import type { PlatformRun } from './run-platform.ts';
import { natsServer, postgresServer, postgresUrl, redisServer, replicaServer } from './servers.ts';
import {
  type Backends,
  type BackgroundService,
  gatewayEnvironment,
  serviceEnvironment,
} from './service-environment.ts';
import { type DatabaseName, databases, publicUrl } from './settings.ts';
import { type ProcessSpec, Supervisor } from './supervisor.ts';

const mains: Record<BackgroundService, string> = {
  shop: 'subgraphs/shop/src/main.ts',
  crm: 'subgraphs/crm/src/main.ts',
  mes: 'subgraphs/mes/src/main.ts',
  'pricing-engine': 'pricing-engine/src/main.ts',
};

/** Starts every server and every service as a process of its own; returns the public port. */
export async function openFull(
  run: PlatformRun,
  counts: { gateways: number; engines: number },
): Promise<number> {
  const { settings, closers, say, interrupted } = run;
  const data = join(settings.dataDir, 'full');
  const logDir = join(data, 'logs');
  const runDir = join(settings.dataDir, 'run');
  const metrics = new Metrics('platform');
  const restarts = metrics.counter({
    name: 'platform_process_deaths_total',
    help: 'Processes that ended without having been asked to, and were started again.',
    labelNames: ['process'],
  });
  const supervisor = new Supervisor({
    runDir,
    logDir,
    marks: [root, settings.dataDir],
    say,
    onDeath: (process) => restarts.inc({ process }),
  });
  await supervisor.endLeftovers();
  const logLevel = process.env.LOG_LEVEL || 'info';

  /** Starts all of them at once; they are stopped together, too. */
  const startAll = async (what: string, specs: readonly ProcessSpec[]) => {
    closers.add(what, () => Promise.all(specs.map(({ name }) => supervisor.stop(name))));
    await Promise.all(specs.map((spec) => supervisor.start(spec)));
    interrupted.throwIfAborted();
  };

  const { backends, servers, natsMonitor, startReplica } = await chooseServers(run, data);
  if (servers.length > 0) say(`starting ${servers.map(({ name }) => name).join(', ')} (logs in ${logDir})`);
  await startAll('the servers', servers);
  if (backends.natsUrl) await createStreams(backends.natsUrl);
  if (natsMonitor) watchNats(metrics, natsMonitor);
  const targets = new MetricsTargets(join(runDir, 'metrics.json'));
  const { port } = closers.use(await serveMetrics(metrics, { host: '127.0.0.1', port: 0 }), 'the metrics');
  targets.add('platform', port);

  const subgraphUrls = {} as Record<DatabaseName, string>;
  const service = async (main: BackgroundService, name: string): Promise<ProcessSpec> => {
    const port = await freePort();
    targets.add(main, port);
    if (main !== 'pricing-engine') subgraphUrls[main] = `http://127.0.0.1:${port}`;
    const publicAddress = publicUrl(settings.host, settings.port);
    const env = serviceEnvironment(main, settings, backends, { port, publicUrl: publicAddress, logLevel });
    return nodeProcess(name, [mains[main]], env, `http://127.0.0.1:${port}`);
  };
  const services: ProcessSpec[] = [];
  for (const name of databases) services.push(await service(name, name));
  for (let n = 1; n <= counts.engines; n++)
    services.push(await service('pricing-engine', `pricing-engine-${n}`));
  say(`bringing the databases up to date, starting ${services.map(({ name }) => name).join(', ')}`);
  // The services do without until it is there.
  await Promise.all([
    startAll('the services', services),
    startReplica?.((spec) => startAll('the replica', [spec])),
  ]);

  const gateway = (name: string, port: number): ProcessSpec => {
    const env = gatewayEnvironment(settings, backends, subgraphUrls, { port, logLevel });
    const host = settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host;
    return nodeProcess(
      name,
      ['gateway/src/main.ts', '--config', 'deploy/gateway.json'],
      env,
      `http://${host}:${port}`,
    );
  };
  closers.add('the gateway for sowing', () => supervisor.stop('gateway-seed'));
  await sowOnce(run, data, async () => {
    const port = await freePort();
    await supervisor.start(gateway('gateway-seed', port));
    const url = `http://127.0.0.1:${port}`;
    return { url, [Symbol.asyncDispose]: () => supervisor.stop('gateway-seed') };
  });

  const gateways = Array.from({ length: counts.gateways }, (_, n) =>
    gateway(`gateway-${n + 1}`, settings.port + n),
  );
  for (let n = 0; n < counts.gateways; n++) targets.add('gateway', settings.port + n);
  targets.write();
  say(`starting ${gateways.map(({ name }) => name).join(', ')}`);
  await startAll('the gateways', gateways);
  return settings.port;
}

/** The servers to start here, and where every service finds those it needs. */
async function chooseServers(
  { settings }: PlatformRun,
  data: string,
): Promise<{
  backends: Backends;
  servers: ProcessSpec[];
  natsMonitor: string | undefined;
  startReplica: ((start: (spec: ProcessSpec) => Promise<void>) => Promise<void>) | undefined;
}> {
  const { given } = settings;
  const servers: ProcessSpec[] = [];
  const { natsUrl, redisUrl } = given;
  const backends: Backends = {
    databases: { ...given.databases } as Record<DatabaseName, string>,
    natsUrl,
    redisUrl,
  };
  let natsMonitor: string | undefined;
  let startReplica: ((start: (spec: ProcessSpec) => Promise<void>) => Promise<void>) | undefined;
  // The two that may be missing come first: nothing is started in vain.
  if (!natsUrl) {
    const port = await freePort();
    const monitorPort = await freePort();
    servers.push(natsServer(join(data, 'nats'), port, monitorPort));
    natsMonitor = `http://127.0.0.1:${monitorPort}`;
    backends.natsUrl = `nats://127.0.0.1:${port}`;
  }
  if (!redisUrl) {
    const port = await freePort();
    servers.push(redisServer(join(data, 'redis'), port));
    backends.redisUrl = `redis://127.0.0.1:${port}`;
  }
  const missing = databases.filter((name) => !given.databases[name]);
  if (missing.length > 0) {
    const cluster = await prepareCluster(join(data, 'postgres'), { durable: true });
    await endLeftover(cluster.dataDir);
    const port = await freePort();
    servers.push(postgresServer(cluster, port, missing));
    const replicaPort = await freePort();
    const replicaDir = join(data, 'postgres-replica');
    backends.replicas = {};
    for (const name of missing) {
      backends.databases[name] = postgresUrl(cluster, port, name);
      backends.replicas[name] = postgresUrl(cluster, replicaPort, name);
    }
    startReplica = async (start) => {
      await endLeftover(replicaDir);
      const replica = await prepareReplica(cluster, port, replicaDir);
      await start(replicaServer(replica, replicaPort));
    };
  }
  return { backends, servers, natsMonitor, startReplica };
}

function nodeProcess(name: string, args: string[], env: NodeJS.ProcessEnv, url: string): ProcessSpec {
  const [main, ...rest] = args;
  return {
    name,
    command: process.execPath,
    args: [join(root, main!), ...rest],
    cwd: root,
    env,
    ready: async () => (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok,
  };
}
