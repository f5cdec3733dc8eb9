import type { Closers } from '@alexandrite/lifecycle/closers';
import type { Log } from '@alexandrite/telemetry/log';
import type { GatewayPorts } from './build.ts';
import type { Settings } from './config/settings.ts';

/**
 * Connects to what the configuration names. Without a bus there are no subscriptions; without Redis budgets are kept in
 * this process. Adapters are loaded when they are needed: a gateway without them starts sooner.
 */
export async function openPorts(settings: Settings, log: Log, closers: Closers): Promise<GatewayPorts> {
  const ports: GatewayPorts = {};
  const { natsUrl } = settings.bus;
  if (natsUrl) {
    const { openNatsBus } = await import('@alexandrite/bus/nats');
    ports.bus = closers.use(await openNatsBus({ url: natsUrl, name: 'gateway', log }), 'the bus');
  }
  const { redisUrl, prefix } = settings.cache;
  if (redisUrl) {
    const { openRedisCache } = await import('@alexandrite/cache/redis');
    ports.cache = closers.use(await openRedisCache({ url: redisUrl, prefix, log }), 'the cache');
  } else if (settings.audiences.length > 0) {
    const { openMemoryCache } = await import('@alexandrite/cache/memory');
    ports.cache = closers.use(openMemoryCache(), 'the cache');
    log.warn({}, 'budgets are kept in the memory of this process: other gateways keep their own');
  }
  return ports;
}
