import { ConnectionError } from './connection-error.ts';

const empty = Buffer.alloc(0);
const firstBytes = 16_384;

/**
 * What has come of a body. As long as it is one piece it stays where it was read, since most are read at once; nobody is
 * believed who only says that much will come.
 */
export class ResponseBody {
  readonly #maxBytes: number;
  #bytes: Buffer = empty;
  #start = 0;
  #end = 0;
  /** Whether `#bytes` is lent. */
  #lent = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  clear(): void {
    this.#bytes = empty;
    this.#start = 0;
    this.#end = 0;
    this.#lent = false;
  }

  /** The bytes are lent until `keep` is called, or the body is cleared. Throws a ConnectionError when it grows too large. */
  add(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const length = this.length + end - start;
    if (length > this.#maxBytes) throw tooLarge(this.#maxBytes);
    if (this.#end === 0) {
      this.#bytes = bytes;
      this.#start = start;
      this.#end = end;
      this.#lent = true;
      return;
    }
    this.#room(length);
    bytes.copy(this.#bytes, this.#end, start, end);
    this.#end += end - start;
  }

  /** Copies what is lent: its owner will write something else there. */
  keep(): void {
    if (this.#lent) this.#room(this.length);
  }

  /** As UTF-8. Throws where there is more than a string can be. */
  text(): string {
    return this.#bytes.toString('utf8', this.#start, this.#end);
  }

  #room(length: number): void {
    if (!this.#lent && length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(firstBytes, length, Math.min(2 * length, this.#maxBytes)));
    this.#bytes.copy(larger, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#bytes = larger;
    this.#lent = false;
  }
}

export function tooLarge(maxBytes: number): ConnectionError {
  return new ConnectionError('HTTP_TOO_LARGE', `Expected at most ${maxBytes} bytes.`);
}
