/**
 * Codes of Node's network, of PostgreSQL (class 08, 57P0x, 53300) and of our ports: a server that is gone for now. 08P01 is
 * none: PostgreSQL is there, and says that it was sent what it cannot read, such as NUL in a text.
 */
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|UNAVAILABLE|08(?!P01)\w{3}|57P0[123]|53300)$/;

/** What `pg` says, without a code, when its server is killed under it. */
const CUT_OFF =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/;

const DEEPEST = 5; // causes

/** Whether the error, or what caused it, is that a server we stand on does not answer now: asking again may help. */
export function isAway(error: unknown): boolean {
  let cause = error as { code?: unknown; message?: unknown; cause?: unknown } | null | undefined;
  for (let depth = 0; cause != null && depth < DEEPEST; depth++) {
    const { code, message } = cause;
    if (typeof code === 'string' && AWAY.test(code)) return true;
    if (typeof message === 'string' && CUT_OFF.test(message)) return true;
    cause = cause.cause as typeof cause;
  }
  return false;
}
