import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@alexandrite/database';
import type { Log } from '@alexandrite/telemetry/log';
import DataLoader from 'dataloader';
import type { OrderRecord } from './order-record.ts';
import { readOrders } from './read-order.ts';
import type { VersionFloors } from './version-floors.ts';

export interface LoaderDependencies {
  database: Database;
  floors: VersionFloors;
  log: Log;
  /** Counts what was still behind when the patience was over. */
  countBehind: (orders: number) => void;
}

const patienceMs = 3_000; // 3 seconds
const freshMs = 30_000; // 30 seconds
const mostOrders = 1_000;

/** See `Baton.loader`. */
export function orderLoader(dependencies: LoaderDependencies): DataLoader<string, OrderRecord | null> {
  return new DataLoader((ids: readonly string[]) => readAtFloor(dependencies, ids), {
    maxBatchSize: mostOrders,
  });
}

/** Reads orders, again and again for those whose row is older than their floor, until none is or patience is over. */
export async function readAtFloor(
  { database, floors, log, countBehind }: LoaderDependencies,
  ids: readonly string[],
): Promise<(OrderRecord | null)[]> {
  const [known, rows] = await Promise.all([floors.read(ids), readOrders(database, ids)]);
  const orders = new Map(rows.map((order) => [order.id, order]));
  const floorOf = new Map(ids.map((id, i) => [id, known[i] ?? 0]));
  const behind = () => [...floorOf].filter(([id, floor]) => floor > (orders.get(id)?.version ?? 0));

  const deadline = Date.now() + patienceMs;
  let late = behind();
  for (let pauseMs = 5; late.length > 0 && Date.now() < deadline; pauseMs = Math.min(100, pauseMs * 2)) {
    await sleep(pauseMs);
    const again = await readOrders(
      database,
      late.map(([id]) => id),
    );
    for (const order of again) orders.set(order.id, order);
    late = behind();
  }
  if (late.length > 0) {
    countBehind(late.length);
    log.warn({ orders: Object.fromEntries(late) }, 'orders are read behind their known version');
  }
  await announceFresh(floors, orders.values(), floorOf);
  return ids.map((id) => orders.get(id) ?? null);
}

/**
 * Whoever shows a version makes it one that is known: its mover may be slow to raise the floor, or have died before. Old
 * moves are everywhere by now and are left alone.
 */
async function announceFresh(
  floors: VersionFloors,
  orders: Iterable<OrderRecord>,
  floorOf: ReadonlyMap<string, number>,
): Promise<void> {
  const since = Date.now() - freshMs;
  const fresh = [...orders].filter(
    ({ id, version, movedAt }) => version > (floorOf.get(id) ?? 0) && movedAt.getTime() > since,
  );
  if (fresh.length > 0) await floors.raise(fresh.map(({ id, version }) => ({ orderId: id, version })));
}
