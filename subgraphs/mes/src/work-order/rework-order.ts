import type { Viewer } from '@alexandrite/auth/viewer';
import type { Baton } from '@alexandrite/baton';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import { atWork } from './at-work.ts';

const longestReason = 1_000; // characters; it travels with the move

/** A made piece is not good enough, whoever sees it: it waits to be made again, by anybody. */
export function reworkOrder(baton: Baton, viewer: Viewer | null, id: string, reason: string | null) {
  if (reason !== null && reason.length > longestReason) {
    throw new CodedError(
      'BAD_USER_INPUT',
      `reason: expected at most ${longestReason} characters, got ${reason.length}`,
    );
  }
  return atWork(baton, viewer, id, {
    from: ['MANUFACTURING_COMPLETED', 'PACKAGING'],
    passive: 'be made again',
    mine: false,
    do: (move) => move('REWORK', { by: viewer!.sub, cause: reason }),
  });
}
