import { setTimeout as sleep } from 'node:timers/promises';
import { openNatsBus } from '@alexandrite/bus/nats';
import { openMemoryCache } from '@alexandrite/cache/memory';
import type { System } from '@alexandrite/schema/order-status';
import { createLog } from '@alexandrite/telemetry/log';
import { openProcess } from './process.ts';
import { moveTo, newOrder } from './systems.ts';

/**
 * A process to be killed: the shop submits new orders, the MES prices what it hears of, both until they die.
 * Arguments: system, database URL, NATS URL.
 */
const [system, url = '', natsUrl = ''] = process.argv.slice(2) as [System, string, string];
const log = createLog({ service: system, level: 'error', destination: process.stderr });
const bus = await openNatsBus({ url: natsUrl, name: system, log });
const service = await openProcess(system, { url, bus, cache: openMemoryCache(), log });
await service.start();
process.send?.('started');
for (;;) {
  if (system === 'SHOP') {
    await newOrder(service, 'FILE_UPLOADED', 'SUBMITTED');
    process.send?.('moved');
    await sleep(2);
  } else {
    const waiting = await service.database
      .em()
      .execute<{ id: string }[]>(`select id from orders where status = 'SUBMITTED' order by id limit 20`);
    await Promise.all(waiting.map(({ id }) => moveTo(service, id, 'PRICE_CALCULATED')));
    if (waiting.length > 0) process.send?.('moved');
    await sleep(10);
  }
}
