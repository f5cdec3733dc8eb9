import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { AuthError } from './auth-error.ts';
import type { Claims } from './token.ts';

/** The request header in which the gateway tells a subgraph for whom it asks. */
export const gatewayContextHeader = 'x-gateway-context';

/** Lives as long as a slow request may; the gateway uses what it has signed for the first ten seconds of it. */
const ttlSeconds = 60;
const toleranceSeconds = 5; // between two clocks
const audience = 'subgraph';
/** Of a JWT. Whoever says anything else is not our gateway. */
const protectedHeader = Buffer.from('{"alg":"HS256"}').toString('base64url');

/** The caller's points, in the words of `extensions.cost.throttleStatus`. */
export interface Budget {
  maximumAvailable: number;
  currentlyAvailable: number;
  /** Points a second. */
  restoreRate: number;
}

/** What a subgraph knows of the caller; `null` claims are an anonymous caller, a `null` budget is no limit. */
export interface GatewayContext {
  claims: Claims | null;
  budget: Budget | null;
}

/**
 * Signs with the key of `GATEWAY_SECRET`, which only the gateway and the subgraphs hold. A JWT, made here: it is signed and
 * verified with every request, for which web crypto takes twenty times as long, on another thread.
 */
export function signContext(key: KeyObject, { claims, budget }: GatewayContext): string {
  const iat = Math.floor(Date.now() / 1_000);
  const payload = JSON.stringify({ claims, budget, aud: audience, iat, exp: iat + ttlSeconds });
  const signed = `${protectedHeader}.${Buffer.from(payload).toString('base64url')}`;
  return `${signed}.${signatureOf(key, signed)}`;
}

/** Throws `AuthError` `UNAUTHENTICATED` or `TOKEN_EXPIRED`: the request did not come through our gateway now. */
export function verifyContext(
  key: KeyObject,
  header: string | readonly string[] | undefined,
): GatewayContext {
  if (typeof header !== 'string') {
    throw new AuthError('UNAUTHENTICATED', `expected one ${gatewayContextHeader} header`);
  }
  const [head, payload, signature, ...others] = header.split('.');
  if (head !== protectedHeader || !payload || !signature || others.length > 0) throw notOurs();
  const expected = Buffer.from(signatureOf(key, `${head}.${payload}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw notOurs();
  // Only who has the key can have written this; the same key may sign something else.
  const { claims, budget, aud, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (aud !== audience || typeof exp !== 'number') throw notOurs();
  if (exp <= Date.now() / 1_000 - toleranceSeconds) {
    throw new AuthError('TOKEN_EXPIRED', "the gateway's context has expired");
  }
  return { claims: claims ?? null, budget: budget ?? null };
}

function signatureOf(key: KeyObject, signed: string): string {
  return createHmac('sha256', key).update(signed).digest('base64url');
}

function notOurs(): AuthError {
  return new AuthError('UNAUTHENTICATED', "the gateway's context is not valid");
}
