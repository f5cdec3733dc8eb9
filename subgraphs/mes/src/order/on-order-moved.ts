import type { OnMove } from '@alexandrite/baton';
import { afterCommit } from '@alexandrite/database/after-commit';
import type { Outbox } from '@alexandrite/outbox';
import type { Board } from '../dashboard/board.ts';
import { pricingOnOrderMoved } from '../pricing/on-order-moved.ts';
import { workOnOrderMoved } from '../work-order/on-order-moved.ts';
import type { WorkQueue } from '../work-order/work-queue.ts';

interface Concerned {
  outbox: Outbox;
  board: Board;
  workQueue: WorkQueue;
}

/** What the MES does about every move of an order, its own and those of others, in the transaction of the move. */
export function onOrderMoved(mes: Concerned): OnMove {
  return async (tx, order, moved) => {
    await pricingOnOrderMoved(tx, mes.outbox, order, moved);
    const workChanged = await workOnOrderMoved(tx, order, moved);
    afterCommit(tx, () => {
      mes.board.touch();
      if (workChanged) mes.workQueue.changed();
    });
  };
}
