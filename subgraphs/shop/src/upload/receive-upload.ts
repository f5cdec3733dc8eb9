import { addAbortSignal, Readable } from 'node:stream';
import { FilesError, type StoredFile } from '@alexandrite/files';
import { Model } from '../model/model.ts';
import { advanceWaitingOrders } from '../order/advance-waiting-orders.ts';
import type { Shop } from '../shop.ts';
import { hashToken, Upload } from './upload.ts';
import { UploadError } from './upload-error.ts';
import { UploadPlaces } from './upload-places.ts';

const places = { most: 128, mostOfOne: 32, patienceMs: 15_000 }; // 15 seconds

/** Takes the bytes that were announced. One per process. */
export class UploadReceiver {
  readonly #shop: Shop;
  /** By token hash: a client that tries again is not held up by its first attempt, whose end may go unnoticed. */
  readonly #receiving = new Map<string, AbortController>();
  readonly #places = new UploadPlaces(places);

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  /**
   * Stores the bytes, and moves on the orders that wait for them. May be tried again until it has succeeded once.
   * Throws `UploadError`.
   */
  async receive(token: string, body: Readable, announcedBytes: number | undefined): Promise<StoredFile> {
    const hash = hashToken(token);
    const model = await this.#expect(hash);
    if (announcedBytes !== undefined && announcedBytes !== model.bytes) {
      throw sizeMismatch(model.bytes, announcedBytes);
    }
    const file = await this.#store(hash, body, model);
    await this.#use(hash, model, file);
    this.#receiving.get(hash)?.abort(); // begun meanwhile, and for nothing
    this.#shop.log.info({ modelId: model.id, sha256: file.sha256, bytes: file.bytes }, 'model uploaded');
    await advanceWaitingOrders(this.#shop, model.id);
    return file;
  }

  /** The model whose bytes are due. */
  async #expect(hash: string): Promise<Model> {
    const em = this.#shop.database.em();
    const upload = await em.findOne(Upload, hash);
    if (!upload) throw new UploadError('UPLOAD_UNKNOWN', 404, 'There is no such upload.');
    if (upload.usedAt) throw used();
    if (upload.expiresAt.getTime() < Date.now()) {
      throw new UploadError('UPLOAD_EXPIRED', 410, 'The upload was not begun in time; announce it again.');
    }
    return em.findOneOrFail(Model, upload.modelId);
  }

  async #store(hash: string, body: Readable, { accountId, bytes }: Model): Promise<StoredFile> {
    this.#receiving.get(hash)?.abort();
    const leave = await this.#places.take(accountId);
    this.#receiving.get(hash)?.abort(); // came while this one waited
    const replaced = new AbortController();
    this.#receiving.set(hash, replaced);
    try {
      const sized = Readable.from(exactly(bytes, addAbortSignal(replaced.signal, body)), {
        objectMode: false,
      });
      return await this.#shop.files.put(sized, { maxBytes: bytes });
    } catch (error) {
      if (replaced.signal.aborted) {
        throw new UploadError('UPLOAD_REPLACED', 409, 'The same upload was begun again.', { cause: error });
      }
      if (error instanceof FilesError) {
        throw new UploadError('STORAGE_UNAVAILABLE', 503, 'The file cannot be stored now; try again.', {
          cause: error,
        });
      }
      throw error;
    } finally {
      leave();
      if (this.#receiving.get(hash) === replaced) this.#receiving.delete(hash);
    }
  }

  /** Of several uploads that end at the same time one counts. */
  async #use(hash: string, model: Model, file: StoredFile): Promise<void> {
    await this.#shop.database.transaction(async (tx) => {
      const first = await tx.execute(
        'update uploads set used_at = now() where token_hash = ? and used_at is null returning true',
        [hash],
      );
      if (first.length === 0) throw used();
      await tx.execute('update models set sha256 = ?, uploaded_at = now() where id = ?', [
        file.sha256,
        model.id,
      ]);
    });
  }
}

/** Passes the bytes on and fails unless there are exactly so many; leaves `body` open for an answer. */
async function* exactly(bytes: number, body: Readable): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    seen += chunk.length;
    if (seen > bytes) throw sizeMismatch(bytes, undefined);
    yield chunk;
  }
  if (seen < bytes) throw sizeMismatch(bytes, seen);
}

function sizeMismatch(expected: number, got: number | undefined): UploadError {
  const status = got !== undefined && got < expected ? 400 : 413;
  const text = `Expected exactly ${expected} bytes, got ${got ?? 'more'}.`;
  return new UploadError('SIZE_MISMATCH', status, text);
}

function used(): UploadError {
  return new UploadError('UPLOAD_USED', 409, 'The bytes have arrived already.');
}
