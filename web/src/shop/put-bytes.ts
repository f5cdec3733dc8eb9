/** Why the bytes did not arrive; `status` 0 when there was no answer at all. */
export class UploadError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'UploadError';
    this.status = status;
  }
}

const STALL_MS = 60_000; // 60 seconds without a byte: the connection is dead

/**
 * PUTs a file and says how far it is, from 0 to 1; `fetch` cannot say that. The address is the one the platform gave:
 * it needs no header, the token is not sent along.
 */
export function putBytes(
  url: string,
  file: Blob,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sending = new XMLHttpRequest();
  let stall: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(stall);
    stall = setTimeout(() => sending.abort(), STALL_MS);
  };
  const stop = () => sending.abort();
  sending.open('PUT', url);
  sending.upload.onprogress = (event) => {
    alive();
    if (event.lengthComputable) onProgress(event.loaded / event.total);
  };
  sending.onload = () =>
    sending.status >= 200 && sending.status < 300
      ? resolve()
      : reject(new UploadError(sending.status, sending.responseText.slice(0, 300)));
  sending.onerror = () => reject(new UploadError(0, 'no answer'));
  sending.onabort = () => reject(new UploadError(0, signal.aborted ? 'stopped' : 'stalled'));
  signal.addEventListener('abort', stop, { once: true });
  alive();
  sending.send(file);
  return promise.finally(() => {
    clearTimeout(stall);
    signal.removeEventListener('abort', stop);
  });
}
