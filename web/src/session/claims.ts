export const ROLES = ['customer', 'partner', 'operator', 'seller', 'admin'] as const;
export type TokenRole = (typeof ROLES)[number];

/** What a token says of itself. Read for display only: who it is, is for the gateway to verify. */
export interface Claims {
  sub: string;
  role: TokenRole;
  /** Seconds since 1970; null when the token does not run out. */
  exp: number | null;
}

/** The claims of a JWT; null when the text is none. A leading `Bearer ` is forgiven. */
export function claimsOf(token: string): Claims | null {
  const payload = bareToken(token).split('.')[1];
  if (payload === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== 'object' || claims === null) return null;
    const { sub, role, exp } = claims as Record<string, unknown>;
    if (typeof sub !== 'string' || !ROLES.includes(role as TokenRole)) return null;
    return { sub, role: role as TokenRole, exp: typeof exp === 'number' ? exp : null };
  } catch {
    return null; // not base64, not JSON: not a token
  }
}

export function bareToken(text: string): string {
  return text.trim().replace(/^Bearer\s+/i, '');
}
