import { createHmac, randomBytes } from 'node:crypto';

export const signatureHeader = 'alexandrite-signature';

/** A new secret; its beginning says what it is to whoever finds it somewhere. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`;
}

/**
 * `t=<seconds since 1970>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>`, one `v1` for each secret that is good at the moment. Who
 * receives compares one of them, and refuses what is older than some minutes: a recorded request cannot be sent again.
 */
export function signatureOf(body: string, secrets: readonly string[], at: Date): string {
  const t = Math.floor(at.getTime() / 1_000);
  const signatures = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'),
  );
  return [`t=${t}`, ...signatures.map((hex) => `v1=${hex}`)].join(',');
}
