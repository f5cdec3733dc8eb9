import { ChunksReader } from './chunks-reader.ts';
import { ConnectionError, malformed } from './connection-error.ts';
import { ResponseBody, tooLarge } from './response-body.ts';
import { ResponseHead } from './response-head.ts';

const maxHeadBytes = 16_384;
const headEnd = '\r\n\r\n';
const empty = Buffer.alloc(0);

/** An answer, for as long as whoever is given it does not return. */
export interface Response {
  readonly status: number;
  readonly contentType: string | undefined;
  /** Of an answer that is not 200. */
  readonly retryAfter: string | undefined;
  /** The body as UTF-8. Throws where there is more than a string can be. */
  text(): string;
}

/** Reads the answers on one connection, one after another, however they are cut. */
export class ResponseReader implements Response {
  readonly head = new ResponseHead();
  readonly #maxBytes: number;
  readonly #chunks = new ChunksReader();
  readonly #body: ResponseBody;
  #state: 'head' | 'body' | 'over' = 'over';
  /** What there is of a head that is not complete. */
  #partial: Buffer = empty;
  /** Of heads that are no answer yet. */
  #headBytes = 0;

  /** `maxBytes`: of a body. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#body = new ResponseBody(maxBytes);
  }

  get status(): number {
    return this.head.status;
  }

  get contentType(): string | undefined {
    return this.head.contentType;
  }

  get retryAfter(): string | undefined {
    return this.head.retryAfter;
  }

  text(): string {
    return this.#body.text();
  }

  get over(): boolean {
    return this.#state === 'over';
  }

  /** Expects an answer. */
  begin(): void {
    this.#state = 'head';
    this.#partial = empty;
    this.#headBytes = 0;
  }

  /** Forgets the answer. */
  clear(): void {
    this.#body.clear();
  }

  /**
   * Reads what has come, which may be written over afterwards; returns where the answer has ended, or the end when it has
   * not, which `over` says. Throws a ConnectionError.
   */
  read(bytes: Buffer, end: number): number {
    let at = 0;
    while (this.#state === 'head' && at < end) at = this.#readHead(bytes, at, end);
    if (this.#state === 'body') at = this.#readBody(bytes, at, end);
    if (this.#state === 'body') this.#body.keep();
    return at;
  }

  /** The other side has ended the connection. Throws a ConnectionError unless that ends an answer. */
  end(): void {
    if (this.#state !== 'body' || this.head.framing !== 'close') {
      // What is no head is no answer that was cut off, either.
      if (this.#state === 'head') this.head.read(this.#partial, 0, this.#partial.length);
      throw new ConnectionError('CONNECTION_LOST', 'Expected the rest of an answer, the connection ended.');
    }
    this.#state = 'over';
  }

  #readHead(bytes: Buffer, start: number, end: number): number {
    if (this.#partial.length > 0) return this.#readPartialHead(bytes, start, end);
    const at = this.head.read(bytes, start, end);
    if (at >= 0) {
      this.#headRead(at - start);
      return at;
    }
    this.#addPartial(bytes, start, end);
    return end;
  }

  #readPartialHead(bytes: Buffer, start: number, end: number): number {
    const before = this.#partial.length;
    this.#addPartial(bytes, start, Math.min(end, start + maxHeadBytes - before + 1));
    // It is read again from its beginning only when it can be complete: whoever sends it by bytes costs no more.
    const found = this.#partial.indexOf(headEnd, Math.max(0, before - headEnd.length + 1), 'latin1');
    if (found < 0) {
      if (this.#partial.length > maxHeadBytes) throw malformed(`a head of at most ${maxHeadBytes} bytes`);
      return end;
    }
    const partial = this.#partial;
    const at = this.head.read(partial, 0, found + headEnd.length);
    if (at < 0) throw malformed('a whole head');
    this.#partial = empty;
    this.#headRead(at);
    return start + at - before;
  }

  #addPartial(bytes: Buffer, start: number, end: number): void {
    this.#partial = Buffer.concat([this.#partial, bytes.subarray(start, end)]);
    if (this.#partial.length > maxHeadBytes + headEnd.length) {
      throw malformed(`a head of at most ${maxHeadBytes} bytes`);
    }
  }

  #headRead(length: number): void {
    this.#headBytes += length;
    if (this.#headBytes > maxHeadBytes) throw malformed(`heads of at most ${maxHeadBytes} bytes`);
    const { status, framing } = this.head;
    if (status < 200) return;
    this.#body.clear();
    if (framing === 'chunks') this.#chunks.begin();
    const nothing = framing === 'none' || (framing === 'length' && this.head.length === 0);
    if (framing === 'length' && this.head.length > this.#maxBytes) throw tooLarge(this.#maxBytes);
    this.#state = nothing ? 'over' : 'body';
  }

  #readBody(bytes: Buffer, start: number, end: number): number {
    const { framing, length } = this.head;
    if (framing === 'chunks') {
      const at = this.#chunks.read(bytes, start, end, this.#body);
      if (this.#chunks.over) this.#state = 'over';
      return at;
    }
    const at = framing === 'length' ? Math.min(end, start + length - this.#body.length) : end;
    this.#body.add(bytes, start, at);
    if (framing === 'length' && this.#body.length === length) this.#state = 'over';
    return at;
  }
}
