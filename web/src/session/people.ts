import { ROLES, type TokenRole } from './claims.ts';

/** Somebody of the demo data whom one can sign in as; the local set-up writes them with development tokens. */
export interface Person {
  role: TokenRole;
  sub: string;
  name: string;
  token: string;
}

const TIMEOUT_MS = 5_000; // 5 seconds: it is a small file of this machine

/** The demo's people; none where the platform offers none, which is everywhere but on a developer's machine. */
export async function demoPeople(signal: AbortSignal): Promise<Person[]> {
  const response = await fetch('/demo/people.json', {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    headers: { accept: 'application/json' },
  });
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return [];
  const people: unknown = await response.json();
  return Array.isArray(people) ? people.filter(isPerson) : [];
}

function isPerson(value: unknown): value is Person {
  if (typeof value !== 'object' || value === null) return false;
  const { role, sub, name, token } = value as Record<string, unknown>;
  return (
    ROLES.includes(role as TokenRole) &&
    typeof sub === 'string' &&
    typeof name === 'string' &&
    typeof token === 'string'
  );
}
