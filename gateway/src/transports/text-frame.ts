/**
 * Bytes as a string whose characters are the bytes, to be written as latin1: pieces are put together without a copy, and
 * those that many clients get are shared until they are written.
 */
export type Bytes = string;

export function bytesOf(text: string): Bytes {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1');
}

/** What stands before the text in a WebSocket's frame from a server: whole, and not masked (RFC 6455, section 5.2). */
export function frameHeader(length: number): Bytes {
  if (length < 126) return String.fromCharCode(wholeText, length);
  if (length < 65_536) return String.fromCharCode(wholeText, 126, length >>> 8, length & 255);
  const header = Buffer.alloc(10);
  header[0] = wholeText;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header.toString('latin1');
}

/** The bytes of a text and what follows it, remembered for those who are given the same text right after. */
export class LastBytes {
  readonly #end: string;
  #text = '';
  #bytes: Bytes;

  constructor(end: string) {
    this.#end = end;
    this.#bytes = end;
  }

  of(text: string): Bytes {
    if (text !== this.#text) {
      this.#bytes = bytesOf(text + this.#end);
      this.#text = text;
    }
    return this.#bytes;
  }
}

/** FIN, and the opcode of a text. */
const wholeText = 0x81;

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
