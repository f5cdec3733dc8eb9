import type { Viewer } from '@alexandrite/auth/viewer';
import type { Baton } from '@alexandrite/baton';
import { atWork } from './at-work.ts';

/** A made piece is not good enough, whoever sees it: it waits to be made again, by anybody. */
export function reworkOrder(baton: Baton, viewer: Viewer | null, id: string, reason: string | null) {
  return atWork(baton, viewer, id, {
    from: ['MANUFACTURING_COMPLETED', 'PACKAGING'],
    passive: 'be made again',
    mine: false,
    do: (move) => move('REWORK', { by: viewer!.sub, cause: reason }),
  });
}
