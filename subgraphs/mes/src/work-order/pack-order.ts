import type { Viewer } from '@alexandrite/auth/viewer';
import type { Baton } from '@alexandrite/baton';
import { atWork } from './at-work.ts';

/** The operator begins to pack a made piece. */
export function packOrder(baton: Baton, viewer: Viewer | null, id: string) {
  return atWork(baton, viewer, id, {
    from: ['MANUFACTURING_COMPLETED'],
    passive: 'be packed',
    mine: true,
    do: (move) => move('PACKAGING', { by: viewer!.sub }),
  });
}
