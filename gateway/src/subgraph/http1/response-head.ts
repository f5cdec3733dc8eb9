import { colon, cr, isText, isToken, isWord, lf, space, tab, wholeNumber } from './bytes.ts';
import { malformed } from './connection-error.ts';

/** How a body ends: not at all, after so many bytes, with its last chunk, or with the connection. */
export type Framing = 'none' | 'length' | 'chunks' | 'close';

const beginning = 'HTTP/1.';
const unsaid = -1;

/** The head of a response: what of it anybody here asks for. Where two readers could disagree, it is refused. */
export class ResponseHead {
  status = 0;
  framing: Framing = 'none';
  /** In bytes, with the framing `length`. */
  length = 0;
  contentType: string | undefined;
  /** Of an answer that is not 200. */
  retryAfter: string | undefined;
  /** Whether the other side waits for more requests on this connection. */
  keptOpen = false;
  /** For how long it says that it does, in milliseconds; -1 when it does not say. */
  keptOpenMs = unsaid;
  #minor = 1;
  #length = unsaid;
  #chunked = false;
  #saysClose = false;
  #saysKeepAlive = false;
  #lastType = '';

  /** Where the head that begins at `start` has ended; -1 when it goes on behind `end`. Throws a ConnectionError. */
  read(bytes: Buffer, start: number, end: number): number {
    let at = this.#readStatusLine(bytes, start, end);
    while (at >= 0 && at < end) {
      if (bytes[at] === cr) {
        if (at + 1 === end) return -1;
        if (bytes[at + 1] !== lf) throw malformed('a line feed behind each carriage return');
        this.#conclude();
        return at + 2;
      }
      at = this.#readField(bytes, at, end);
    }
    return -1;
  }

  #readStatusLine(bytes: Buffer, start: number, end: number): number {
    const known = Math.min(beginning.length, end - start);
    for (let at = 0; at < known; at++) {
      if (bytes[start + at] !== beginning.charCodeAt(at)) throw malformed('HTTP/1.1');
    }
    // The version's last digit, a space, the status, and what is behind that.
    const at = start + beginning.length;
    if (end - at < 6) return -1;
    const minor = bytes[at]! - 0x30;
    const status = wholeNumber(bytes, at + 2, at + 5);
    if ((minor !== 0 && minor !== 1) || bytes[at + 1] !== space || status < 100) {
      throw malformed('HTTP/1.1 and a status of three digits');
    }
    if (bytes[at + 5] !== space && bytes[at + 5] !== cr) throw malformed('a space behind the status');
    this.status = status;
    this.contentType = undefined;
    this.retryAfter = undefined;
    this.keptOpenMs = unsaid;
    this.#minor = minor;
    this.#length = unsaid;
    this.#chunked = false;
    this.#saysClose = false;
    this.#saysKeepAlive = false;
    return behindLine(bytes, at + 5, end);
  }

  #readField(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && isToken[bytes[at]!] === 1) at++;
    if (at === end) return -1;
    if (bytes[at] !== colon || at === start) throw malformed('the name of a header and a colon');
    const nameEnd = at++;
    while (at < end && (bytes[at] === space || bytes[at] === tab)) at++;
    const value = at;
    at = behindLine(bytes, at, end);
    if (at < 0) return -1;
    let valueEnd = at - 2;
    while (valueEnd > value && (bytes[valueEnd - 1] === space || bytes[valueEnd - 1] === tab)) valueEnd--;
    this.#take(bytes, start, nameEnd, value, valueEnd);
    return at;
  }

  #take(bytes: Buffer, name: number, nameEnd: number, start: number, end: number): void {
    switch (nameEnd - name) {
      case 10:
        if (isWord(bytes, name, nameEnd, 'connection')) this.#takeConnection(bytes, start, end);
        else if (isWord(bytes, name, nameEnd, 'keep-alive')) this.keptOpenMs = timeoutMs(bytes, start, end);
        break;
      case 11:
        if (this.status !== 200 && isWord(bytes, name, nameEnd, 'retry-after')) {
          this.retryAfter = bytes.toString('latin1', start, end);
        }
        break;
      case 12:
        if (isWord(bytes, name, nameEnd, 'content-type')) this.#takeType(bytes, start, end);
        break;
      case 14:
        if (isWord(bytes, name, nameEnd, 'content-length')) this.#takeLength(wholeNumber(bytes, start, end));
        break;
      case 17:
        if (!isWord(bytes, name, nameEnd, 'transfer-encoding')) break;
        if (this.#chunked || !isWord(bytes, start, end, 'chunked')) {
          throw malformed('no transfer-encoding but chunked');
        }
        this.#chunked = true;
        break;
      default:
    }
  }

  #takeConnection(bytes: Buffer, start: number, end: number): void {
    if (isWord(bytes, start, end, 'keep-alive')) {
      this.#saysKeepAlive = true;
      return;
    }
    const options = bytes
      .toString('latin1', start, end)
      .toLowerCase()
      .split(/[\t ]*,[\t ]*/);
    this.#saysClose ||= options.includes('close');
    this.#saysKeepAlive ||= options.includes('keep-alive');
  }

  #takeType(bytes: Buffer, start: number, end: number): void {
    // Nearly always what it was the last time: one string is kept.
    if (!isExactly(bytes, start, end, this.#lastType)) {
      this.#lastType = bytes.toString('latin1', start, end);
    }
    this.contentType = this.#lastType;
  }

  #takeLength(length: number): void {
    if (length < 0 || this.#length !== unsaid) throw malformed('one content-length, a whole number');
    this.#length = length;
  }

  #conclude(): void {
    const { status } = this;
    const framed = this.#chunked || this.#length !== unsaid;
    this.keptOpen = !this.#saysClose && (this.#minor === 1 || this.#saysKeepAlive);
    if (status < 200) {
      if (status === 101 || framed || this.#saysClose)
        throw malformed('an interim response, and the final one');
      this.framing = 'none';
    } else if (this.#chunked) {
      if (this.#length !== unsaid || this.#minor === 0) throw malformed('a length or chunks');
      this.framing = 'chunks';
    } else {
      this.framing = this.#length === unsaid ? 'close' : 'length';
      this.length = this.#length;
    }
    if (status === 204 || status === 304) {
      // Without a body, whatever it says; what it says of one may yet come.
      if (this.#chunked || this.#length > 0) this.keptOpen = false;
      this.framing = 'none';
    }
    if (this.framing === 'close') this.keptOpen = false;
  }
}

/** Behind the line feed that ends the line; -1 when it is not there yet. */
function behindLine(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isText[bytes[at]!] === 1) at++;
  if (at === end) return -1;
  if (bytes[at] !== cr) throw malformed('text up to the end of the line');
  if (at + 1 === end) return -1;
  if (bytes[at + 1] !== lf) throw malformed('a line feed behind each carriage return');
  return at + 2;
}

/** What `timeout=` says in the header Keep-Alive, in milliseconds; -1 when it says nothing. */
function timeoutMs(bytes: Uint8Array, start: number, end: number): number {
  if (!isWord(bytes, start, Math.min(start + 8, end), 'timeout=')) return unsaid;
  let at = start + 8;
  while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  const seconds = wholeNumber(bytes, start + 8, at);
  return seconds < 0 ? unsaid : seconds * 1_000;
}

function isExactly(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}
