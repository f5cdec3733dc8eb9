import type { Database } from '@alexandrite/database';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import { isFinal } from '@alexandrite/schema/order-status';
import type { WaitReason } from '@alexandrite/schema/questions';
import DataLoader from 'dataloader';
import type { OrderMove } from '../history/order-move.ts';
import type { StageTimes } from './stage-times.ts';

/** One stay of an order in a status. */
export interface Stay {
  status: OrderStatus;
  from: Date;
  /** Null while it lasts. */
  until: Date | null;
  seconds: number;
  /** How long others stay there, half of them less and half of them more; null where that says nothing. */
  expectedSeconds: number | null;
  delaySeconds: number;
  /** In the words of whoever moved it there. */
  cause: string | null;
  /** What it waited for when it stood there for longer than it may. */
  waitedFor: WaitReason | null;
}

/** Where an order was for how long, and why, oldest first; its end is no stay. */
export function timelineOf(
  moves: readonly OrderMove[],
  delays: ReadonlyMap<number, WaitReason>,
  { seconds: expected }: StageTimes,
  now: Date = new Date(),
): Stay[] {
  return moves.flatMap((move, i): Stay[] => {
    const status = move.toStatus;
    const until = moves[i + 1]?.at ?? null;
    if (isFinal(status)) return [];
    const seconds = Math.max(0, ((until ?? now).getTime() - move.at.getTime()) / 1_000);
    const expectedSeconds = status in expected ? expected[status as keyof typeof expected] : null;
    const delaySeconds = expectedSeconds === null ? 0 : Math.max(0, seconds - expectedSeconds);
    const waitedFor = delays.get(move.version) ?? null;
    return [
      {
        status,
        from: move.at,
        until,
        seconds,
        expectedSeconds,
        delaySeconds,
        cause: move.cause ?? null,
        waitedFor,
      },
    ];
  });
}

/** By order: what was waited for, by the version that stood still. */
export function delayLoader(database: Database): DataLoader<string, ReadonlyMap<number, WaitReason>> {
  return new DataLoader(async (orderIds) => {
    const rows = await database
      .em()
      .execute<{ orderId: string; version: number; reason: WaitReason }[]>(
        'select order_id as "orderId", version, reason from order_delays where order_id = any(?::uuid[])',
        [`{${orderIds.join(',')}}`],
      );
    const byOrder = Map.groupBy(rows, ({ orderId }) => orderId);
    return orderIds.map(
      (id) => new Map((byOrder.get(id) ?? []).map(({ version, reason }) => [version, reason])),
    );
  });
}
