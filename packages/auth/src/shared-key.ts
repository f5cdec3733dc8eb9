import { createSecretKey, type KeyObject } from 'node:crypto';

/** HS256 is only as strong as its key: RFC 7518 asks for as many bits as the hash has. */
const minimumBytes = 32;

/** A secret made ready once, since every request signs or verifies with it. `name` is the variable it came from. */
export function sharedKey(secret: string, name: string): KeyObject {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length < minimumBytes) {
    throw new TypeError(`${name} must have at least ${minimumBytes} bytes, got ${bytes.length}`);
  }
  return createSecretKey(bytes);
}
