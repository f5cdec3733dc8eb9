import { createHash, randomBytes } from 'node:crypto';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Permission to send the bytes of one model, once. Whoever has the token has it; only its hash is kept. */
export const Upload = defineEntity({
  name: 'Upload',
  tableName: 'uploads',
  properties: {
    tokenHash: p.text().primary(),
    modelId: p.uuid(),
    expiresAt: p.datetime(3),
    /** When the bytes had arrived. */
    usedAt: p.datetime(3).nullable(),
  },
});

export type Upload = InferEntity<typeof Upload>;

/** 256 random bits, safe in a URL. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
