import { refuse } from '../refusal.ts';
import { decimal } from './decimal.ts';

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const HASH = 35;
const COMMA = 44;
const BACKSLASH = 92;

/**
 * Walks through the words of a text without making strings of them. A word ends at white space; a line ends at LF, CR or
 * both. A backslash at the end of a line continues it (OBJ).
 */
export class TextScanner {
  readonly bytes: Uint8Array;
  /** Of the word last found by `word` or `wordOnLine`: `bytes[start, end)`. */
  start = 0;
  end = 0;
  /** Whether a number was written with a comma. */
  commas = false;
  /** Where to go on, for those who scan by themselves. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Moves to the next word, over line ends; false at the end of the text. */
  word(): boolean {
    const { bytes } = this;
    let at = this.at;
    while (at < bytes.length && bytes[at]! <= SPACE) at++;
    return this.#take(at);
  }

  /** Moves to the next word of this line; false at its end or at a comment. */
  wordOnLine(): boolean {
    const { bytes } = this;
    let at = this.at;
    for (;;) {
      const byte = bytes[at];
      if (byte === SPACE || byte === TAB) at++;
      else if (byte === BACKSLASH && isLineEnd(bytes[at + 1])) at = this.#afterLineEnd(at + 1);
      else break;
    }
    this.at = at;
    if (at >= bytes.length || isLineEnd(bytes[at]) || bytes[at] === HASH) return false;
    return this.#take(at);
  }

  /** Moves behind the end of this line; false at the end of the text. */
  nextLine(): boolean {
    const { bytes } = this;
    let at = this.at;
    while (at < bytes.length) {
      const byte = bytes[at]!;
      if (byte === BACKSLASH && isLineEnd(bytes[at + 1])) at = this.#afterLineEnd(at + 1);
      else if (byte === NEWLINE || byte === RETURN) break;
      else at++;
    }
    this.at = this.#afterLineEnd(at);
    return this.at < bytes.length;
  }

  /** Whether the word is this lower-case one, in any case. */
  is(word: string): boolean {
    if (this.end - this.start !== word.length) return false;
    for (let index = 0; index < word.length; index++)
      if ((this.bytes[this.start + index]! | 32) !== word.charCodeAt(index)) return false;
    return true;
  }

  /** The word as a number. Throws FILE_DAMAGED, or NOT_FINITE for the ways of writing NaN and infinity. */
  number(): number {
    const value = decimal(this.bytes, this.start, this.end);
    if (Number.isFinite(value)) {
      if (!this.commas) this.commas = this.#hasComma();
      return value;
    }
    const text = this.text();
    if (!Number.isNaN(value) || /^[-+]?(\d\.#)?(nan|qnan|snan|ind|inf)/i.test(text))
      throw refuse('NOT_FINITE', `line ${this.line()}: ${text}`);
    throw refuse('FILE_DAMAGED', `line ${this.line()}: expected a number, found "${text}"`);
  }

  /** The word, at most 40 characters of it, fit for a message. */
  text(): string {
    const text = new TextDecoder().decode(
      this.bytes.subarray(this.start, Math.min(this.end, this.start + 40)),
    );
    return text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
  }

  /** The number of the line the word is on, counted only when somebody asks. */
  line(): number {
    let line = 1;
    for (let at = 0; at < this.start; at++) {
      const byte = this.bytes[at];
      if (byte === NEWLINE || (byte === RETURN && this.bytes[at + 1] !== NEWLINE)) line++;
    }
    return line;
  }

  #take(from: number): boolean {
    const { bytes } = this;
    let at = from;
    while (at < bytes.length && bytes[at]! > SPACE) {
      if (bytes[at] === BACKSLASH && isLineEnd(bytes[at + 1])) break;
      at++;
    }
    this.start = from;
    this.end = at;
    this.at = at;
    return at > from;
  }

  #hasComma(): boolean {
    for (let at = this.start; at < this.end; at++) if (this.bytes[at] === COMMA) return true;
    return false;
  }

  #afterLineEnd(at: number): number {
    if (this.bytes[at] === RETURN && this.bytes[at + 1] === NEWLINE) return at + 2;
    return Math.min(at + 1, this.bytes.length);
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === NEWLINE || byte === RETURN;
}
