/** What is wrong with an upload or a download, as the client of `/uploads` sees it: `{ "error": { code, message } }`. */
export type UploadErrorCode =
  | 'UPLOAD_UNKNOWN'
  | 'UPLOAD_EXPIRED'
  | 'UPLOAD_USED'
  | 'UPLOAD_REPLACED'
  | 'SIZE_MISMATCH'
  | 'TOO_MANY_UPLOADS'
  | 'STORAGE_UNAVAILABLE'
  | 'LINK_INVALID'
  | 'MODEL_UNKNOWN';

export class UploadError extends Error {
  readonly code: UploadErrorCode;
  /** The HTTP status. */
  readonly statusCode: number;

  constructor(code: UploadErrorCode, statusCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UploadError';
    this.code = code;
    this.statusCode = statusCode;
  }
}
