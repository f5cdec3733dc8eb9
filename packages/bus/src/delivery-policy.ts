import { BusError, type DeadLetter, type Headers, maxMessageBytes } from './bus.ts';
import { subjectToken } from './subject-token.ts';

/** The JSON of a payload; throws `TOO_LARGE` when it and the headers do not fit into one message. */
export function encodePayload(subject: string, payload: unknown, headers: Headers | undefined): string {
  const body = JSON.stringify(payload) ?? 'null';
  const bytes = Buffer.byteLength(body) + (headers ? Buffer.byteLength(JSON.stringify(headers)) : 0);
  if (bytes > maxMessageBytes) {
    throw new BusError(
      'TOO_LARGE',
      `a message on ${subject} may have ${maxMessageBytes} bytes, this one has ${bytes}`,
    );
  }
  return body;
}

/** How long after a failed attempt (1 is the first) the next one comes: the last step repeats. */
export function redeliveryDelayMs(backoffMs: readonly number[], attempt: number): number {
  return backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? 0;
}

/** Where a durable's dead letters go. */
export function deadLetterSubject(durable: string): string {
  return `dead.${subjectToken(durable)}`;
}

/** Throws `TypeError` for a name no broker takes. */
export function assertDurable(durable: string): void {
  if (!/^[A-Za-z0-9_-]+$/.test(durable)) {
    throw new TypeError(`expected a durable's name of letters, digits, _ and -, got "${durable}"`);
  }
}

/** Dying twice of the same message, after a crash between letter and acknowledgement, leaves one letter. */
export function deadLetterId(durable: string, stream: string, sequence: number): string {
  return `dead:${durable}:${stream}:${sequence}`;
}

/** The letter itself; its reason is cut so that the whole fits wherever the message did. */
export function deadLetter(message: Omit<DeadLetter, 'reason'>, reason: string): DeadLetter {
  const { attempts, stream, sequence, subject, messageId, headers, payload } = message;
  return { reason: reason.slice(0, 1_000), attempts, stream, sequence, subject, messageId, headers, payload };
}

export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code}${String(error.message)}`;
}
