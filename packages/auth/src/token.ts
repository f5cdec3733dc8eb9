import type { KeyObject } from 'node:crypto';
import {
  createRemoteJWKSet,
  errors,
  type JWTVerifyGetKey,
  type JWTVerifyResult,
  jwtVerify,
  SignJWT,
} from 'jose';
import { AuthError } from './auth-error.ts';
import { sharedKey } from './shared-key.ts';

/** What a verified token says. Other claims are passed on untouched. */
export interface Claims {
  sub: string;
  /** Seconds since 1970. */
  exp: number;
  [claim: string]: unknown;
}

/** With what tokens are verified: a secret shared with the issuer, or the issuer's published keys. */
export type TokenKeys = { shared: KeyObject } | { published: JWTVerifyGetKey };

/** Keys from the environment's `AUTH_SECRET` or `AUTH_JWKS_URL`; the URL wins. Published keys are fetched when needed. */
export function tokenKeys(settings: {
  secret?: string | undefined;
  jwksUrl?: string | undefined;
}): TokenKeys {
  if (settings.jwksUrl) {
    return { published: createRemoteJWKSet(new URL(settings.jwksUrl), { timeoutDuration: 3_000 }) };
  }
  if (settings.secret) return { shared: sharedKey(settings.secret, 'AUTH_SECRET') };
  throw new TypeError('expected AUTH_SECRET or AUTH_JWKS_URL, got neither');
}

/** Signs a user's token with the shared secret, valid for `ttlSeconds`. */
export function signToken(
  key: KeyObject,
  claims: { sub: string; role: string; [claim: string]: unknown },
  ttlSeconds: number,
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds)
    .sign(key);
}

/**
 * The claims of a token (with or without `Bearer `). A token must have `exp` and a `sub` of 1 to 255 printable characters.
 * Rejects with `AuthError` `UNAUTHENTICATED`, `TOKEN_EXPIRED` or `KEYS_UNAVAILABLE`.
 */
export async function verifyToken(keys: TokenKeys, token: string): Promise<Claims> {
  const bare = token.replace(/^Bearer +/i, '');
  const required = { requiredClaims: ['sub', 'exp'], clockTolerance: 5 }; // 5 seconds between two clocks
  let verified: JWTVerifyResult;
  try {
    verified =
      'shared' in keys
        ? await jwtVerify(bare, keys.shared, { ...required, algorithms: ['HS256'] })
        : // Only asymmetric ones: a published key must never serve as a shared secret.
          await jwtVerify(bare, keys.published, {
            ...required,
            algorithms: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'],
          });
  } catch (cause) {
    throw verificationError(cause);
  }
  const { sub, exp } = verified.payload;
  if (typeof sub !== 'string' || !isSubject(sub) || exp === undefined) {
    throw new AuthError('UNAUTHENTICATED', 'the token names no subject');
  }
  return { ...verified.payload, sub, exp };
}

const longestSubject = 255; // what OpenID Connect allows

/** Subjects become keys of tables, buckets and messages. */
function isSubject(sub: string): boolean {
  return sub !== '' && sub.length <= longestSubject && sub.isWellFormed() && !/\p{Cc}/u.test(sub);
}

/** jose's errors in our codes; what is not about the token itself is about fetching the keys. */
function verificationError(cause: unknown): AuthError {
  if (cause instanceof errors.JWTExpired)
    return new AuthError('TOKEN_EXPIRED', 'the token has expired', { cause });
  const aboutKeys = cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid;
  if (aboutKeys || !(cause instanceof errors.JOSEError) || cause.code === 'ERR_JOSE_GENERIC') {
    return new AuthError('KEYS_UNAVAILABLE', 'the keys to verify the token cannot be had', { cause });
  }
  return new AuthError('UNAUTHENTICATED', 'the token is not valid', { cause });
}
