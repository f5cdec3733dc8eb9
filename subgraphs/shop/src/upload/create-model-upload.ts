import { type Refusal, refusal } from '@alexandrite/baton/refusal';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { ShopContext } from '../context.ts';
import { rememberCustomer } from '../customer/remember-customer.ts';
import { isBuyer, refuseBuying } from '../customer/who-may.ts';
import { Model } from '../model/model.ts';
import { cleanFilename } from './filename.ts';
import { hashToken, newToken, Upload } from './upload.ts';

const validMs = 3_600_000; // 1 hour

export interface ModelUpload {
  __typename: 'ModelUpload';
  uploadUrl: string;
  expiresAt: Date;
  model: Model;
}

/** Announces a model file: its row, and a URL that takes exactly so many bytes, once. */
export async function createModelUpload(
  { viewer, shop }: ShopContext,
  { filename, bytes }: { filename: string; bytes: number },
): Promise<ModelUpload | Refusal> {
  if (!isBuyer(viewer)) return refuseBuying(viewer);
  if (bytes < 1) return refusal('FILE_EMPTY', `Expected a file of at least 1 byte, got ${bytes}.`);
  if (bytes > shop.maxUploadBytes) {
    return refusal('FILE_TOO_LARGE', `Expected at most ${shop.maxUploadBytes} bytes, got ${bytes}.`);
  }
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + validMs);
  const token = newToken();
  const model = await shop.database.transaction(async (tx) => {
    await rememberCustomer(tx, viewer);
    const created = tx.create(Model, {
      id: uuidV7(createdAt),
      accountId: viewer.sub,
      filename: cleanFilename(filename),
      bytes,
      sha256: null,
      uploadedAt: null,
      createdAt,
    });
    await tx.flush();
    tx.create(Upload, { tokenHash: hashToken(token), modelId: created.id, expiresAt, usedAt: null });
    return created;
  });
  return { __typename: 'ModelUpload', uploadUrl: `${shop.publicUrl}/uploads/${token}`, expiresAt, model };
}
