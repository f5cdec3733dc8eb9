import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { archiveOrders } from './archive-orders.ts';

export interface KeepArchivingOptions {
  url: string;
  /** Undefined: nothing is archived. */
  afterDays: number | undefined;
  log: Log;
  metrics: Metrics;
}

const everyMs = 3_600_000; // 1 hour
const firstAfterMs = 60_000; // 1 minute: a start has other things to do

/** Archives once an hour, until disposed; of several processes one at a time. */
export function keepArchiving({ url, afterDays, log, metrics }: KeepArchivingOptions): AsyncDisposable {
  const archived = metrics.counter({
    name: 'orders_archived_total',
    help: 'Orders that this process has moved out of the hot tables.',
  });
  const stop = new AbortController();
  const { signal } = stop;
  const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false }).catch(() => {}); // only ever the abort
  const running = (async () => {
    if (afterDays === undefined) return;
    for (await pause(firstAfterMs); !signal.aborted; await pause(everyMs)) {
      try {
        const orders = await archiveOrders({ url, afterDays, signal });
        archived.inc(orders);
        if (orders > 0) log.info({ orders, afterDays }, 'orders archived');
      } catch (error) {
        log.error({ err: error }, 'archiving failed, once more in an hour');
      }
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
