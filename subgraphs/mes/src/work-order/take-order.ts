import type { Viewer } from '@alexandrite/auth/viewer';
import type { Baton } from '@alexandrite/baton';
import { refusal } from '@alexandrite/baton/refusal';
import { atWork } from './at-work.ts';
import { WAITING } from './work-order.ts';

/**
 * Whoever takes an order is paid for it, so that exactly one of any number of operators wins: the first to lock the row.
 */
export function takeOrder(baton: Baton, viewer: Viewer | null, id: string) {
  return atWork(baton, viewer, id, {
    from: WAITING,
    passive: 'be taken',
    mine: false,
    refuse: (work) => {
      if (work.operatorId === null) return null;
      return work.operatorId === viewer?.sub
        ? refusal('ALREADY_TAKEN', 'You have taken this order already.')
        : refusal('ALREADY_TAKEN', 'Another operator was faster.');
    },
    do: (move) => move('MANUFACTURING_STARTED', { by: viewer!.sub }),
  });
}
