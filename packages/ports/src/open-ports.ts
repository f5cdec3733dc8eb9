import { join } from 'node:path';
import type { BusLog } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import { openNatsBus } from '@alexandrite/bus/nats';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { openRedisCache } from '@alexandrite/cache/redis';
import { openFolderFiles } from '@alexandrite/files/folder';
import { openNatsFiles } from '@alexandrite/files/nats';
import { openAll } from '@alexandrite/lifecycle/closers';
import type { Ports } from './ports.ts';

export interface PortsEnvironment {
  /** Given: bus and files are NATS's. Absent: they are this process's own, kept in `DATA_DIR`. */
  NATS_URL?: string | undefined;
  /** Given: the cache is Redis's. Absent: it is this process's own memory. */
  REDIS_URL?: string | undefined;
  /** Where embedded adapters keep what outlives them. Default `.data`. */
  DATA_DIR?: string | undefined;
}

/**
 * Opens what every service needs, by one rule: a URL given is used, none given means embedded, which is for one
 * process only. `name` shows in the servers' lists of clients. Disposing closes files, cache and bus, in this order.
 */
export async function openPorts(
  environment: PortsEnvironment,
  log: BusLog,
  name = 'alexandrite',
): Promise<Ports & AsyncDisposable> {
  const { NATS_URL, REDIS_URL, DATA_DIR = '.data' } = environment;
  const { value, closers } = await openAll(async (opening): Promise<Ports> => {
    const journal = join(DATA_DIR, 'bus', 'journal');
    const bus = opening.use(
      NATS_URL ? await openNatsBus({ url: NATS_URL, name, log }) : await openLocalBus({ log, journal }),
      'bus',
    );
    const cache = opening.use(
      REDIS_URL ? await openRedisCache({ url: REDIS_URL, prefix: 'alexandrite', log }) : openMemoryCache(),
      'cache',
    );
    const files = opening.use(
      NATS_URL
        ? await openNatsFiles({ url: NATS_URL, name: `${name} files`, bucket: 'models', log })
        : await openFolderFiles(join(DATA_DIR, 'files')),
      'files',
    );
    return { bus, cache, files };
  });
  const embedded = 'embedded, for this process only';
  log.info(
    {
      bus: NATS_URL ? 'NATS' : embedded,
      cache: REDIS_URL ? 'Redis' : embedded,
      files: NATS_URL ? 'NATS' : `folder in ${DATA_DIR}`,
    },
    'ports are open',
  );
  return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}
