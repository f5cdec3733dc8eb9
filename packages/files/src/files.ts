import type { Readable } from 'node:stream';

/**
 * The files port: model bytes by content. Two adapters, `folder` and `nats` (object store), one contract suite.
 */
export interface Files extends AsyncDisposable {
  /**
   * Stores a stream under the sha256 of its bytes and returns it; storing the same bytes again is harmless.
   * Rejects with `FilesError` `TOO_LARGE` past `maxBytes` (nothing is kept), `DISK_FULL` or `UNAVAILABLE`.
   */
  put(bytes: Readable, options: { maxBytes: number }): Promise<StoredFile>;
  /** The stream of the bytes, or null where there is no such file. */
  get(sha256: string): Promise<Readable | null>;
  has(sha256: string): Promise<boolean>;
  delete(sha256: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface StoredFile {
  /** Lower-case hex. */
  sha256: string;
  bytes: number;
}

export type FilesErrorCode = 'TOO_LARGE' | 'DISK_FULL' | 'UNAVAILABLE';

export class FilesError extends Error {
  readonly code: FilesErrorCode;
  constructor(code: FilesErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FilesError';
    this.code = code;
  }
}
