import { isStaff, type Viewer } from '@alexandrite/auth/viewer';
import { type Refusal, refusal } from '@alexandrite/baton/refusal';

/** Whoever owns it, and those who work here. */
export function maySee(viewer: Viewer | null, owned: { accountId: string }): boolean {
  return viewer !== null && (isStaff(viewer) || viewer.sub === owned.accountId);
}

/** A customer or a partner. */
export interface Buyer extends Viewer {
  role: 'customer' | 'partner';
}

export function isBuyer(viewer: Viewer | null): viewer is Buyer {
  return viewer?.role === 'customer' || viewer?.role === 'partner';
}

/** For what only customers and partners do. */
export function refuseBuying(viewer: Viewer | null): Refusal {
  return viewer
    ? refusal('FORBIDDEN', 'Only customers and partners order.')
    : refusal('UNAUTHENTICATED', 'Sign in first.');
}

/** For what only those who work here do. */
export function refuseStaffWork(viewer: Viewer | null): Refusal {
  return viewer
    ? refusal('FORBIDDEN', 'Only those who work here may do that.')
    : refusal('UNAUTHENTICATED', 'Sign in first.');
}
