import type { OnMove } from '@alexandrite/baton';
import { afterCommit } from '@alexandrite/database/after-commit';
import type { Outbox } from '@alexandrite/outbox';
import type { Log } from '@alexandrite/telemetry/log';
import type { Board } from '../dashboard/board.ts';
import { pricingOnOrderMoved } from '../pricing/on-order-moved.ts';
import { workOnOrderMoved } from '../work-order/on-order-moved.ts';
import type { WorkQueue } from '../work-order/work-queue.ts';

interface Concerned {
  outbox: Outbox;
  board: Board;
  workQueue: WorkQueue;
  log: Log;
}

/** What the MES does about every move of an order, its own and those of others, in the transaction of the move. */
export function onOrderMoved(mes: Concerned): OnMove {
  return async (tx, order, moved) => {
    await pricingOnOrderMoved(tx, mes.outbox, order, moved);
    const workChanged = await workOnOrderMoved(tx, order, moved);
    afterCommit(tx, () => {
      if (moved.system === 'MES') {
        const { from, to, version, by } = moved;
        mes.log.info({ orderId: order.id, from, to, version, by }, 'order moved');
      }
      mes.board.touch();
      if (workChanged) mes.workQueue.changed();
    });
  };
}
