import { isStaff, type Viewer } from '@alexandrite/auth/viewer';

/** Staff see every order, everybody else those of their own account, an anonymous caller none. */
export function maySeeAccount(viewer: Viewer | null, accountId: string): boolean {
  return viewer !== null && (isStaff(viewer) || viewer.sub === accountId);
}

/** The floor and its figures are for staff. */
export function maySeeFloor(viewer: Viewer | null): boolean {
  return viewer !== null && isStaff(viewer);
}
