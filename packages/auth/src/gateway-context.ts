import type { KeyObject } from 'node:crypto';
import { type JWTVerifyResult, jwtVerify, SignJWT } from 'jose';
import { AuthError } from './auth-error.ts';
import { type Claims, verificationError } from './token.ts';

/** The request header in which the gateway tells a subgraph for whom it asks. */
export const gatewayContextHeader = 'x-gateway-context';

/** Lives as long as a slow request may; the gateway uses what it has signed for the first ten seconds of it. */
const ttlSeconds = 60;
const audience = 'subgraph';

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

/** Signs with the key of `GATEWAY_SECRET`, which only the gateway and the subgraphs hold. */
export function signContext(key: KeyObject, context: GatewayContext): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ claims: context.claims, budget: context.budget })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds)
    .sign(key);
}

/** Rejects with `AuthError` `UNAUTHENTICATED` or `TOKEN_EXPIRED`: the request did not come through our gateway now. */
export async function verifyContext(
  key: KeyObject,
  header: string | readonly string[] | undefined,
): Promise<GatewayContext> {
  if (typeof header !== 'string') {
    throw new AuthError('UNAUTHENTICATED', `expected one ${gatewayContextHeader} header`);
  }
  let verified: JWTVerifyResult<{ claims?: Claims | null; budget?: Budget | null }>;
  try {
    verified = await jwtVerify(header, key, {
      algorithms: ['HS256'],
      audience,
      requiredClaims: ['exp'],
      clockTolerance: 5, // 5 seconds between two clocks
    });
  } catch (cause) {
    throw verificationError(cause, "gateway's context");
  }
  return { claims: verified.payload.claims ?? null, budget: verified.payload.budget ?? null };
}
