import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Tx } from '@alexandrite/database';
import { isUuid } from '@alexandrite/database/uuid';
import { isFinal } from '@alexandrite/schema/order-status';
import type { Begin, HeldWork, HoldOptions, Move } from './baton.ts';
import type { OrderRecord } from './order-record.ts';
import { findArchived, lockOrder, readOrder } from './read-order.ts';
import { isRefusal, type Refusal, Refused, refusal } from './refusal.ts';
import { standing } from './standing.ts';
import type { Version, VersionFloors } from './version-floors.ts';
import { type MoveWriter, writeFirst, writeMove } from './write-move.ts';

export interface HoldDependencies extends MoveWriter {
  database: Database;
  floors: VersionFloors;
}

const patienceMs = 1_500; // 1.5 seconds
const lookEveryMs = 30;

/** Undoes a transaction that found the order with somebody else. */
class NotHeld extends Error {
  readonly order: OrderRecord | null;
  constructor(order: OrderRecord | null) {
    super('held elsewhere');
    this.order = order;
  }
}

/** See `Baton.hold`. */
export async function hold<T>(
  dependencies: HoldDependencies,
  orderId: string,
  work: HeldWork<T>,
  options: HoldOptions = {},
): Promise<T | Refusal> {
  const notFound = refusal('NOT_FOUND', 'There is no such order.');
  if (!isUuid(orderId)) return notFound;
  const visible = options.visible ?? (() => true);
  const attempt = () =>
    transact(dependencies, async (tx, moveOf) => {
      const order = (await lockOrder(tx, orderId)) ?? (await findArchived(tx, orderId));
      if (order && !visible(order)) throw new Refused(notFound.code, notFound.message);
      if (order && isFinal(order.status)) throw new Refused('ILLEGAL_MOVE', standing[order.status]);
      if (order?.holder !== dependencies.system) throw new NotHeld(order);
      return work(tx, order, moveOf(order));
    });

  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof NotHeld)) throw error;
      if (!(await mayComeYet(dependencies, orderId, error.order, deadline))) {
        return error.order ? refusal('NOT_HOLDER', standing[error.order.status]) : notFound;
      }
    }
  }
}

/** Waits until the view of the order has changed; false when it has not by the deadline, or cannot. */
async function mayComeYet(
  { database, floors, system }: HoldDependencies,
  orderId: string,
  seen: OrderRecord | null,
  deadline: number,
): Promise<boolean> {
  // Orders begin in the shop: what it does not know does not exist.
  if (!seen && system === 'SHOP') return false;
  while (Date.now() < deadline) {
    const [[floor], now] = await Promise.all([floors.read([orderId]), readOrder(database, orderId)]);
    if (now && now.version !== seen?.version) return true;
    // Nobody can have heard of anything newer than what is seen here.
    if (seen && floor != null && floor <= seen.version) return false;
    await sleep(lookEveryMs);
  }
  return false;
}

/**
 * One transaction, and what must follow its commit before anybody hears of it. A refusal, returned or thrown, undoes it.
 */
export async function transact<T>(
  dependencies: HoldDependencies,
  work: (tx: Tx, moveOf: (order: OrderRecord) => Move, begin: Begin) => Promise<T>,
): Promise<T | Refusal> {
  const made = new Map<string, Version>();
  const remember = ({ id, version }: { id: string; version: number }) => {
    made.set(id, { orderId: id, version });
  };
  try {
    const result = await dependencies.database.transaction(async (tx) => {
      made.clear();
      const moveOf =
        (order: OrderRecord): Move =>
        async (to, why) => {
          const moved = await writeMove(dependencies, tx, order, to, why);
          remember(order);
          return moved;
        };
      const begin: Begin = async (facts, why) => {
        const order = await writeFirst(dependencies, tx, facts, why);
        remember(order);
        return { order, move: moveOf(order) };
      };
      const result = await work(tx, moveOf, begin);
      if (isRefusal(result)) throw new Refused(result.code, result.message);
      return result;
    });
    await dependencies.floors.raise(made.values());
    return result;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}
