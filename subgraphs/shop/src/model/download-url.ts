import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const validMs = 600_000; // 10 minutes

/** Makes and checks URLs under which whoever has them may read a model's bytes for some minutes. */
export class DownloadUrls {
  readonly #publicUrl: string;
  readonly #key: Buffer;

  /** The key is derived from `secret`, so that a signature here means nothing elsewhere. */
  constructor(publicUrl: string, secret: string) {
    this.#publicUrl = publicUrl;
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'shop model download', 32));
  }

  of(modelId: string, now = Date.now()): string {
    const expires = Math.floor((now + validMs) / 1_000);
    const query = new URLSearchParams({ expires: String(expires), signature: this.#sign(modelId, expires) });
    return `${this.#publicUrl}/uploads/models/${modelId}?${query}`;
  }

  /** Whether the URL is ours and still valid. */
  allows(modelId: string, query: { expires?: unknown; signature?: unknown }, now = Date.now()): boolean {
    const expires = Number(query.expires);
    if (!Number.isSafeInteger(expires) || typeof query.signature !== 'string') return false;
    const given = Buffer.from(query.signature);
    const expected = Buffer.from(this.#sign(modelId, expires));
    return given.length === expected.length && timingSafeEqual(given, expected) && expires * 1_000 > now;
  }

  #sign(modelId: string, expires: number): string {
    return createHmac('sha256', this.#key).update(`${modelId} ${expires}`).digest('base64url');
  }
}
