import { AuthError } from './auth-error.ts';
import type { Claims } from './token.ts';

export const roles = ['customer', 'partner', 'operator', 'seller', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who asks. For a customer and a partner `sub` is the account's id. */
export interface Viewer {
  sub: string;
  role: Role;
}

/** Throws `AuthError` `UNAUTHENTICATED` when the role is none of ours. */
export function viewerOf(claims: Claims): Viewer {
  const role = roles.find((known) => known === claims.role);
  if (!role) {
    throw new AuthError(
      'UNAUTHENTICATED',
      `expected one of the roles ${roles.join(', ')}, got ${String(claims.role)}`,
    );
  }
  return { sub: claims.sub, role };
}

/** Those who work here and see orders that are not their own. */
export function isStaff(viewer: Viewer): boolean {
  return viewer.role === 'operator' || viewer.role === 'seller' || viewer.role === 'admin';
}
