import { AuthError } from '@alexandrite/auth/auth-error';
import type { Claims } from '@alexandrite/auth/token';
import type { AuthSettings } from '../config/settings.ts';
import { gatewayError } from '../errors.ts';
import type { Revocations } from './revocations.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** The claims of an `Authorization` header; null, at once, for nobody in particular. Rejects with a GraphQLError. */
export type Authenticate = (authorization: string | undefined) => Promise<Claims> | null;

/** Where nobody has a token, what verifies them is not even loaded. */
export async function createAuthenticate(
  settings: AuthSettings | undefined,
  revocations: Pick<Revocations, 'check'> | undefined,
): Promise<Authenticate> {
  if (!settings?.sharedSecret && !settings?.jwksUrl) return () => null;
  const { sharedSecret: secret, jwksUrl } = settings;
  const { tokenKeys, verifyToken } = await import('@alexandrite/auth/token');
  const keys = tokenKeys({ secret, jwksUrl });
  const tokens = new VerifiedTokens((token) => verifyToken(keys, token));
  const claimsOf = async (authorization: string): Promise<Claims> => {
    if (!/^Bearer +\S/i.test(authorization)) {
      throw gatewayError('UNAUTHENTICATED', 'Expected an Authorization header of the form: Bearer …');
    }
    try {
      const claims = await tokens.claimsOf(authorization);
      const asking = revocations?.check(claims);
      if (asking) await asking;
      return claims;
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      throw gatewayError(error.code, error.message, { cause: error });
    }
  };
  return (authorization) => {
    if (authorization) return claimsOf(authorization);
    if (settings.anonymous) return null;
    return Promise.reject(gatewayError('UNAUTHENTICATED', 'Expected a token: Authorization: Bearer …'));
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
