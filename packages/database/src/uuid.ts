import { randomBytes } from 'node:crypto';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * PostgreSQL rejects other texts where a uuid column is compared: ask before passing on what a client sent. It would take
 * capitals for the same id, but subjects, cache keys and maps do not: an id is written in one way only.
 */
export function isUuid(text: string): boolean {
  return pattern.test(text);
}

/** A UUIDv7: begins with the milliseconds of `at`, so that ids made later sort later and land together in an index. */
export function uuidV7(at: Date = new Date()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
