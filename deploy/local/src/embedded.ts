import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build as buildCrm } from '@alexandrite/crm/build';
import { readEnv as readCrmEnv } from '@alexandrite/crm/env';
import { build as buildGateway } from '@alexandrite/gateway/build';
import { loadSettings } from '@alexandrite/gateway/config/load';
import type { Service } from '@alexandrite/lifecycle';
import type { Closers } from '@alexandrite/lifecycle/closers';
import { build as buildMes } from '@alexandrite/mes/build';
import { readEnv as readMesEnv } from '@alexandrite/mes/env';
import { openPorts } from '@alexandrite/ports/open-ports';
import { build as buildPricingEngine } from '@alexandrite/pricing-engine/build';
import { readEnv as readPricingEngineEnv } from '@alexandrite/pricing-engine/env';
import { streams } from '@alexandrite/schema/subjects';
import { build as buildShop } from '@alexandrite/shop/build';
import { readEnv as readShopEnv } from '@alexandrite/shop/env';
import { createLog } from '@alexandrite/telemetry/log';
import { openTracing } from '@alexandrite/telemetry/open-tracing';
import { readTracingSettings } from '@alexandrite/telemetry/tracing-settings';
import { root } from './checkout.ts';
import { keepPostgres } from './keep-postgres.ts';
import { type BackgroundService, gatewayEnvironment, serviceEnvironment } from './service-environment.ts';
import { type DatabaseName, databases, type LocalSettings, publicUrl } from './settings.ts';

export interface EmbeddedPlatform {
  /** Opens a gateway over the services; port 0 takes a free one. Closed with everything else, or earlier. */
  openGateway(port: number): Promise<Service>;
}

/** Everything behind the gateway in this one process. Closed by `closers`, PostgreSQL last. */
export async function openEmbedded(
  settings: LocalSettings,
  closers: Closers,
  { say, logLevel }: { say: (line: string) => void; logLevel: string },
): Promise<EmbeddedPlatform> {
  const { given } = settings;
  const log = createLog({ service: 'local', level: logLevel as 'warn' });
  closers.use(await openTracing(readTracingSettings(process.env), log), 'the traces');
  const missing = databases.filter((name) => !given.databases[name]);
  const urls = { ...given.databases } as Record<DatabaseName, string>;
  if (missing.length > 0) {
    say('starting PostgreSQL');
    const dataDir = join(settings.dataDir, 'postgres');
    const postgres = closers.use(await keepPostgres({ dataDir, databases: missing }, log), 'PostgreSQL');
    for (const name of missing) urls[name] = postgres.url(name);
  }

  say('opening bus, cache and files');
  mkdirSync(settings.dataDir, { recursive: true });
  const backends = { databases: urls, natsUrl: given.natsUrl, redisUrl: given.redisUrl };
  const port = { port: 0, publicUrl: publicUrl(settings.host, settings.port), logLevel };
  const environment = (name: BackgroundService) => serviceEnvironment(name, settings, backends, port);
  const ports = closers.use(await openPorts(environment('pricing-engine'), log), 'bus, cache and files');
  await ports.bus.ensureStreams(streams);

  say('bringing the databases up to date, starting shop, CRM, MES and the pricing engine');
  const [shop, crm, mes] = await Promise.all([
    use(closers, 'shop', buildShop(readShopEnv(environment('shop')), ports)),
    use(closers, 'crm', buildCrm(readCrmEnv(environment('crm')), ports)),
    use(closers, 'mes', buildMes(readMesEnv(environment('mes')), ports)),
    use(
      closers,
      'pricing-engine',
      buildPricingEngine(readPricingEngineEnv(environment('pricing-engine')), ports),
    ),
  ]);
  const subgraphUrls = { shop: shop.url, crm: crm.url, mes: mes.url };

  return {
    async openGateway(port) {
      const environment = gatewayEnvironment(settings, given, subgraphUrls, { port, logLevel });
      const config = join(root, 'deploy', 'gateway.json');
      const { settings: gatewaySettings, subgraphUrls: urlsByName } = loadSettings(
        { config, settings: {} },
        environment,
      );
      const { bus, cache } = ports;
      const gateway = await buildGateway(gatewaySettings, { bus, cache, subgraphUrls: urlsByName });
      return closers.use(gateway, 'gateway');
    },
  };
}

/** Registered as soon as it is there, so that a sibling that fails does not leave it open. */
async function use<T extends Service>(closers: Closers, name: string, building: Promise<T>): Promise<T> {
  return closers.use(await building, name);
}
