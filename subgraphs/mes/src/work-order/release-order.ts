import type { Viewer } from '@alexandrite/auth/viewer';
import type { Baton } from '@alexandrite/baton';
import { atWork } from './at-work.ts';

/** Gives a taken order back: it waits again, and anybody may take it. */
export function releaseOrder(baton: Baton, viewer: Viewer | null, id: string) {
  return atWork(baton, viewer, id, {
    from: ['MANUFACTURING_STARTED'],
    passive: 'be released',
    mine: true,
    do: (move) => move('MANUFACTURING_APPROVED', { by: viewer!.sub }),
  });
}
