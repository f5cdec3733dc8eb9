import type { DatabaseName, LocalSettings } from './settings.ts';

export type BackgroundService = DatabaseName | 'pricing-engine';

/** Where the servers are that the services use; absent is embedded. */
export interface Backends {
  databases: Record<DatabaseName, string>;
  /** Streaming replicas of them. */
  replicas?: Partial<Record<DatabaseName, string>>;
  natsUrl?: string | undefined;
  redisUrl?: string | undefined;
}

/** The environment of a service behind the gateway, as its `env.ts` reads it. `port` 0 takes a free one. */
export function serviceEnvironment(
  name: BackgroundService,
  settings: LocalSettings,
  backends: Backends,
  { port, publicUrl, logLevel }: { port: number; publicUrl: string; logLevel: string },
): NodeJS.ProcessEnv {
  return {
    ...inherited(),
    ...backendUrls(settings, backends),
    ...(name === 'pricing-engine' ? {} : databaseUrls(name, backends)),
    HOST: '127.0.0.1', // only the gateway is public
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    GATEWAY_SECRET: settings.secrets.GATEWAY_SECRET,
    LOG_LEVEL: logLevel,
  };
}

/** The environment of a gateway with deploy/gateway.json. */
export function gatewayEnvironment(
  settings: LocalSettings,
  backends: Pick<Backends, 'natsUrl' | 'redisUrl'>,
  subgraphUrls: Record<DatabaseName, string>,
  { port, logLevel }: { port: number; logLevel: string },
): NodeJS.ProcessEnv {
  return {
    EXPOSE_QUERY_PLAN: 'loopback',
    ...inherited(),
    ...backendUrls(settings, backends),
    ...settings.secrets,
    HOST: settings.host,
    PORT: String(port),
    LOG_LEVEL: logLevel,
    SUBGRAPH_URL_SHOP: `${subgraphUrls.shop}/graphql`,
    SUBGRAPH_URL_CRM: `${subgraphUrls.crm}/graphql`,
    SUBGRAPH_URL_MES: `${subgraphUrls.mes}/graphql`,
    UPLOADS_URL: subgraphUrls.shop,
  };
}

/** Who gives a database of his own may give its replica, too: `REPLICA_DATABASE_URL_SHOP` and so on. */
function databaseUrls(name: DatabaseName, { databases, replicas = {} }: Backends): NodeJS.ProcessEnv {
  const given = process.env[`REPLICA_DATABASE_URL_${name.toUpperCase()}`];
  return { DATABASE_URL: databases[name], REPLICA_DATABASE_URL: replicas[name] ?? given };
}

function backendUrls(settings: LocalSettings, { natsUrl, redisUrl }: Pick<Backends, 'natsUrl' | 'redisUrl'>) {
  return { DATA_DIR: settings.dataDir, NATS_URL: natsUrl, REDIS_URL: redisUrl };
}

/** What the person set for all services (`SUBMITS_PER_MINUTE=…`), without npm's own variables. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}
