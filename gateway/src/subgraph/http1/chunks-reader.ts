import { colon, cr, isText, isToken, lf, semicolon } from './bytes.ts';
import { malformed } from './connection-error.ts';
import type { ResponseBody } from './response-body.ts';

const maxSizeDigits = 8; // 4 GB, of a body that must be smaller
const maxBeside = 16_384; // bytes of extensions and trailers

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-name'
  | 'trailer-value'
  | 'trailer-lf'
  | 'end-lf'
  | 'over';

/** A chunked body. Extensions and trailers mean nothing here, and must be well made all the same. */
export class ChunksReader {
  #state: State = 'size';
  #digits = 0;
  #size = 0;
  #beside = 0;

  begin(): void {
    this.#state = 'size';
    this.#digits = 0;
    this.#size = 0;
    this.#beside = 0;
  }

  get over(): boolean {
    return this.#state === 'over';
  }

  /** Reads up to the end of the body, or of the bytes; returns where that is. Throws a ConnectionError. */
  read(bytes: Buffer, start: number, end: number, body: ResponseBody): number {
    let at = start;
    while (at < end && this.#state !== 'over') {
      if (this.#state !== 'data') {
        this.#step(bytes[at++]!);
        continue;
      }
      const until = Math.min(end, at + this.#size);
      body.add(bytes, at, until);
      this.#size -= until - at;
      at = until;
      if (this.#size === 0) this.#state = 'data-cr';
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        this.#readSize(byte);
        return;
      case 'extension':
        if (byte === cr) this.#state = 'size-lf';
        else this.#skip(isText[byte] === 1);
        return;
      case 'size-lf':
        expectByte(byte, lf);
        this.#digits = 0;
        this.#state = this.#size === 0 ? 'trailer' : 'data';
        return;
      case 'data-cr':
        expectByte(byte, cr);
        this.#state = 'data-lf';
        return;
      case 'data-lf':
        expectByte(byte, lf);
        this.#state = 'size';
        return;
      default:
        this.#readTrailer(byte);
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#digits > maxSizeDigits) throw malformed('a chunk of a possible size');
      this.#size = this.#size * 16 + digit;
    } else if (this.#digits > 0 && byte === cr) this.#state = 'size-lf';
    else if (this.#digits > 0 && byte === semicolon) this.#state = 'extension';
    else throw malformed('the size of a chunk');
  }

  #readTrailer(byte: number): void {
    switch (this.#state) {
      case 'trailer':
        if (byte === cr) {
          this.#state = 'end-lf';
          return;
        }
        this.#skip(isToken[byte] === 1);
        this.#state = 'trailer-name';
        return;
      case 'trailer-name':
        if (byte === colon) this.#state = 'trailer-value';
        else this.#skip(isToken[byte] === 1);
        return;
      case 'trailer-value':
        if (byte === cr) this.#state = 'trailer-lf';
        else this.#skip(isText[byte] === 1);
        return;
      case 'trailer-lf':
        expectByte(byte, lf);
        this.#state = 'trailer';
        return;
      default:
        expectByte(byte, lf);
        this.#state = 'over';
    }
  }

  #skip(allowed: boolean): void {
    if (!allowed) throw malformed('text beside the chunks');
    if (++this.#beside > maxBeside) throw malformed(`at most ${maxBeside} bytes beside the chunks`);
  }
}

function expectByte(byte: number, wanted: number): void {
  if (byte !== wanted) throw malformed('a carriage return and a line feed around the chunks');
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
