import type { Viewer } from '@alexandrite/auth/viewer';
import type { Baton } from '@alexandrite/baton';
import { atWork } from './at-work.ts';

/** The piece is made. */
export function completeOrder(baton: Baton, viewer: Viewer | null, id: string) {
  return atWork(baton, viewer, id, {
    from: ['MANUFACTURING_STARTED'],
    passive: 'be completed',
    mine: true,
    do: (move) => move('MANUFACTURING_COMPLETED', { by: viewer!.sub }),
  });
}
