/** Why a question was not answered, by a stable code: the gateway's, or `NETWORK`, `TIMEOUT`, `BAD_ANSWER`. */
export class Failure extends Error {
  readonly code: string;
  /** What the answer said beside, for example how long to wait when throttled. */
  readonly extensions: Record<string, unknown>;

  constructor(code: string, message: string, extensions: Record<string, unknown> = {}, cause?: unknown) {
    super(message, { cause });
    this.name = 'Failure';
    this.code = code;
    this.extensions = extensions;
  }
}

/** Whether a code means: this token is not, or no longer, good; null when it says nothing about the token. */
export function endOfSession(code: unknown): 'EXPIRED' | 'REFUSED' | null {
  if (code === 'TOKEN_EXPIRED') return 'EXPIRED';
  return code === 'UNAUTHENTICATED' ? 'REFUSED' : null;
}

export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('UNEXPECTED', error instanceof Error ? error.message : String(error), {}, error);
}
