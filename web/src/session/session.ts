import { useSyncExternalStore } from 'react';
import { bareToken, type Claims, claimsOf } from './claims.ts';

/** Who this tab acts as. */
export interface Session {
  token: string | null;
  claims: Claims | null;
  /** Why there is no token any more, when it was not signed out by hand. */
  ended: 'EXPIRED' | 'REFUSED' | null;
}

const KEY = 'alexandrite.token';
const SIGNED_OUT: Session = { token: null, claims: null, ended: null };
const MAX_TIMER_MS = 2 ** 31 - 1; // what setTimeout can hold, 24 days

const listeners = new Set<() => void>();
let expiry: ReturnType<typeof setTimeout> | undefined;
let current: Session = restore();

/** Kept per tab, so that two tabs can be two people, and gone when the tab is. */
function restore(): Session {
  let kept: string | null = null;
  try {
    kept = globalThis.sessionStorage?.getItem(KEY) ?? null;
  } catch {
    // storage is forbidden: one signs in again on every page
  }
  const claims = kept === null ? null : claimsOf(kept);
  if (kept === null || claims === null) return SIGNED_OUT;
  if (hasExpired(claims)) return { ...SIGNED_OUT, ended: 'EXPIRED' };
  watchExpiry(claims);
  return { token: kept, claims, ended: null };
}

function hasExpired(claims: Claims): boolean {
  return claims.exp !== null && claims.exp * 1_000 <= Date.now();
}

function watchExpiry(claims: Claims): void {
  clearTimeout(expiry);
  if (claims.exp === null) return;
  const wait = Math.min(claims.exp * 1_000 - Date.now(), MAX_TIMER_MS);
  expiry = setTimeout(() => (hasExpired(claims) ? endSession('EXPIRED') : watchExpiry(claims)), wait);
}

function change(next: Session): void {
  current = next;
  try {
    if (next.token === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, next.token);
  } catch {
    // see `restore`
  }
  for (const listener of listeners) listener();
}

export function session(): Session {
  return current;
}

/** Why a text cannot be signed in with; null when it was. */
export function signIn(text: string): 'NOT_A_TOKEN' | 'EXPIRED' | null {
  const token = bareToken(text);
  const claims = claimsOf(token);
  if (claims === null) return 'NOT_A_TOKEN';
  if (hasExpired(claims)) return 'EXPIRED';
  watchExpiry(claims);
  change({ token, claims, ended: null });
  return null;
}

export function signOut(): void {
  clearTimeout(expiry);
  change(SIGNED_OUT);
}

/** The token ran out, or the gateway refused it. */
export function endSession(ended: 'EXPIRED' | 'REFUSED'): void {
  if (current.token === null) return;
  clearTimeout(expiry);
  change({ ...SIGNED_OUT, ended });
}

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    session,
    session,
  );
}
