import { createHash, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { FilesError } from './files.ts';

/** Passes bytes on, counting and hashing them; ends with `TOO_LARGE` at the first byte too many. */
export class SizedHash extends Transform {
  bytes = 0;
  readonly #maxBytes: number;
  readonly #hash: Hash = createHash('sha256');

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  /** Lower-case hex; to be asked once, when all has passed. */
  sha256(): string {
    return this.#hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#maxBytes) {
      done(new FilesError('TOO_LARGE', `the file has more than ${this.#maxBytes} bytes`));
      return;
    }
    this.#hash.update(chunk);
    done(null, chunk);
  }
}

/** Anything else as a name could lead out of the folder. */
export function assertSha256(sha256: string): void {
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new TypeError(`expected a sha256 in lower-case hex, got "${sha256}"`);
}
