import { AuthError } from '@alexandrite/auth/auth-error';
import { type Claims, type TokenKeys, tokenKeys, verifyToken } from '@alexandrite/auth/token';
import type { AuthSettings } from '../config/settings.ts';
import { gatewayError } from '../errors.ts';

/** The claims of an `Authorization` header; null for nobody in particular. Rejects with a GraphQLError. */
export type Authenticate = (authorization: string | undefined) => Promise<Claims | null>;

export function createAuthenticate(settings: AuthSettings | undefined): Authenticate {
  const keys = settings && keysOf(settings);
  if (!settings || !keys) return () => Promise.resolve(null);
  return async (authorization) => {
    if (!authorization) {
      if (settings.anonymous) return null;
      throw gatewayError('UNAUTHENTICATED', 'Expected a token: Authorization: Bearer …');
    }
    if (!/^Bearer +\S/i.test(authorization)) {
      throw gatewayError('UNAUTHENTICATED', 'Expected an Authorization header of the form: Bearer …');
    }
    try {
      return await verifyToken(keys, authorization);
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      throw gatewayError(error.code, error.message, { cause: error });
    }
  };
}

/** Whether the claims are those of somebody who may look inside. */
export function isAdmin(settings: AuthSettings | undefined, claims: Claims | null): boolean {
  const admin = Object.entries(settings?.admin ?? {});
  return (
    claims !== null &&
    admin.length > 0 &&
    admin.every(([name, values]) => values.includes(String(claims[name])))
  );
}

function keysOf({ sharedSecret, jwksUrl }: AuthSettings): TokenKeys | undefined {
  return sharedSecret || jwksUrl ? tokenKeys({ secret: sharedSecret, jwksUrl }) : undefined;
}
