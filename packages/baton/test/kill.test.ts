import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openNatsBus } from '@alexandrite/bus/nats';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { serverBinary, startNats } from '@alexandrite/e2e/harness/servers';
import type { System } from '@alexandrite/schema/order-status';
import { streams } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { expect, test } from '@jest/globals';
import { openProcess } from './process.ts';

const here = serverBinary('nats-server') ? test : test.skip;

here(
  'services killed at any moment lose nothing, double nothing and leave no hole',
  async () => {
    await using nats = await startNats();
    await using shopServer = await createTestDatabase('kill_shop');
    await using mesServer = await createTestDatabase('kill_mes');
    const urls = { SHOP: shopServer.url, MES: mesServer.url, CRM: '' };
    const { log } = memoryLog('kill');
    await using bus = await openNatsBus({ url: nats.url, name: 'test', log });
    await bus.ensureStreams(streams);

    await Promise.all([
      dieAgainAndAgain('SHOP', urls.SHOP, nats.url),
      dieAgainAndAgain('MES', urls.MES, nats.url),
    ]);

    const cache = openMemoryCache();
    await using shop = await openProcess('SHOP', { url: urls.SHOP, bus, cache, log });
    await using mes = await openProcess('MES', { url: urls.MES, bus, cache, log });
    await shop.start();
    await mes.start();
    await shop.outbox.drained(15_000);
    await mes.outbox.drained(15_000);
    const seen = (one: typeof shop) =>
      one.database.em().execute(
        `select orders.id, orders.status, orders.version, array_agg(seen.version order by seen.version)::text as seen
             from orders join seen on seen.order_id = orders.id group by orders.id order by orders.id`,
      );
    let inShop = await seen(shop);
    let inMes = await seen(mes);
    for (let tries = 0; JSON.stringify(inShop) !== JSON.stringify(inMes) && tries < 600; tries++) {
      await sleep(50);
      [inShop, inMes] = [await seen(shop), await seen(mes)];
    }
    expect(inMes).toEqual(inShop);
    expect(inShop.length).toBeGreaterThanOrEqual(25);
    for (const order of inShop) {
      const versions = Array.from({ length: Number(order.version) }, (_, i) => i + 1);
      expect(order.seen).toBe(`{${versions}}`);
    }
    expect(new Set(inShop.map((order) => order.status))).toContain('PRICE_CALCULATED');
    await using dead = await bus.subscribe(['dead.>'], { from: 'oldest' });
    expect(dead.startedAfter).toBe(0);
  },
  120_000,
);

/** Five lives, each ended at a random moment. */
async function dieAgainAndAgain(system: System, url: string, natsUrl: string): Promise<void> {
  for (let life = 0; life < 5; life++) {
    const child = fork(new URL('./mover-process.ts', import.meta.url), [system, url, natsUrl]);
    await said(child, 'started');
    // The shop always has something to do. The MES has only what the shop sends: sure to come in its first life.
    const moves = system === 'SHOP' ? 5 : life === 0 ? 1 : 0;
    for (let i = 0; i < moves; i++) await said(child, 'moved');
    await sleep(100 + Math.random() * 400);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function said(child: ChildProcess, expected: string): Promise<void> {
  const [what] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (what !== expected) throw new Error(`expected ${expected}, the process said or ended with ${what}`);
}
