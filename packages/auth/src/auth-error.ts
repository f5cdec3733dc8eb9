/**
 * `UNAUTHENTICATED`: no, a broken or a foreign token. `TOKEN_EXPIRED`: it was good once; ask for a new one.
 * `KEYS_UNAVAILABLE`: the issuer's keys cannot be fetched now, which says nothing about the token.
 */
export type AuthErrorCode = 'UNAUTHENTICATED' | 'TOKEN_EXPIRED' | 'KEYS_UNAVAILABLE';

export class AuthError extends Error {
  readonly code: AuthErrorCode;
  constructor(code: AuthErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthError';
    this.code = code;
  }
}
