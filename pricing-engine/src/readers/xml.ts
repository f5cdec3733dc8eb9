import { refuse } from '../refusal.ts';
import { decimal } from './decimal.ts';

const LESS = 60;
const GREATER = 62;
const SLASH = 47;
const BANG = 33;
const QUESTION = 63;
const EQUALS = 61;
const QUOTE = 34;
const APOSTROPHE = 39;
const COLON = 58;
const SPACE = 32;

const decoder = new TextDecoder();

/**
 * Walks through the tags of an XML document in bytes; text between tags is stepped over. Knows no entities and no DTD,
 * and refuses a document that declares one: that is how documents grow without end or read other people's files.
 */
export class XmlTags {
  /** Of the tag last found: without prefix. */
  name = '';
  kind: 'open' | 'close' | 'empty' = 'open';
  readonly #bytes: Uint8Array;
  #at = 0;
  /** The attributes of the tag: `bytes[start, end)`. */
  #start = 0;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Moves to the next tag; false at the end of the document. */
  next(): boolean {
    const bytes = this.#bytes;
    for (;;) {
      const less = bytes.indexOf(LESS, this.#at);
      if (less < 0) return false;
      const mark = bytes[less + 1];
      if (mark === QUESTION) this.#at = this.#behind('?>', less);
      else if (mark === BANG) this.#at = this.#behindDeclaration(less);
      else {
        this.#readTag(less, mark === SLASH);
        return true;
      }
    }
  }

  /** The text of an attribute, null where there is none. `name` with its prefix, as written. */
  text(name: string): string | null {
    return this.#find(name) ? decoder.decode(this.#bytes.subarray(this.#valueStart, this.#valueEnd)) : null;
  }

  /** The number in an attribute. Refuses what is missing or no finite number. */
  number(name: string): number {
    if (!this.#find(name)) throw refuse('FILE_DAMAGED', `<${this.name}> without ${name}`);
    let start = this.#valueStart;
    let end = this.#valueEnd;
    while (start < end && this.#bytes[start]! <= SPACE) start++;
    while (end > start && this.#bytes[end - 1]! <= SPACE) end--;
    const value = decimal(this.#bytes, start, end);
    if (Number.isFinite(value)) return value;
    const text = this.text(name)?.slice(0, 40) ?? '';
    if (/nan|inf/i.test(text) || !Number.isNaN(value)) throw refuse('NOT_FINITE', `${name}="${text}"`);
    throw refuse('FILE_DAMAGED', `expected a number in ${name}="${text}" of <${this.name}>`);
  }

  #valueStart = 0;
  #valueEnd = 0;

  /** Attributes are few: each look-up walks along them. */
  #find(name: string): boolean {
    const bytes = this.#bytes;
    let at = this.#start;
    while (at < this.#end) {
      while (at < this.#end && bytes[at]! <= SPACE) at++;
      const from = at;
      while (at < this.#end && bytes[at] !== EQUALS && bytes[at]! > SPACE) at++;
      const to = at;
      while (at < this.#end && bytes[at] !== QUOTE && bytes[at] !== APOSTROPHE) at++;
      const quote = bytes[at];
      const valueStart = ++at;
      while (at < this.#end && bytes[at] !== quote) at++;
      if (this.#equals(from, to, name)) {
        this.#valueStart = valueStart;
        this.#valueEnd = at;
        return true;
      }
      at++;
    }
    return false;
  }

  #equals(from: number, to: number, text: string): boolean {
    if (to - from !== text.length) return false;
    for (let index = 0; index < text.length; index++)
      if (this.#bytes[from + index] !== text.charCodeAt(index)) return false;
    return true;
  }

  #readTag(less: number, closes: boolean): void {
    const bytes = this.#bytes;
    let from = less + (closes ? 2 : 1);
    let at = from;
    while (at < bytes.length && bytes[at]! > SPACE && bytes[at] !== GREATER && bytes[at] !== SLASH) {
      if (bytes[at] === COLON) from = at + 1;
      at++;
    }
    this.name = decoder.decode(bytes.subarray(from, Math.min(at, from + 80)));
    this.#start = at;
    // A quoted value may hold `>`.
    let quote = 0;
    while (at < bytes.length) {
      const byte = bytes[at]!;
      if (quote) quote = byte === quote ? 0 : quote;
      else if (byte === QUOTE || byte === APOSTROPHE) quote = byte;
      else if (byte === GREATER) break;
      at++;
    }
    if (at >= bytes.length) throw refuse('FILE_TRUNCATED', `in the middle of <${this.name}>`);
    const empty = bytes[at - 1] === SLASH;
    this.kind = closes ? 'close' : empty ? 'empty' : 'open';
    this.#end = empty ? at - 1 : at;
    this.#at = at + 1;
  }

  #behindDeclaration(less: number): number {
    const start = decoder.decode(this.#bytes.subarray(less, less + 9));
    if (start.startsWith('<!--')) return this.#behind('-->', less + 4);
    if (start === '<![CDATA[') return this.#behind(']]>', less + 9);
    throw refuse('FILE_DAMAGED', 'the XML declares a document type or entities, which 3MF forbids');
  }

  #behind(text: string, from: number): number {
    const last = text.charCodeAt(text.length - 1);
    for (let at = this.#bytes.indexOf(last, from); at >= 0; at = this.#bytes.indexOf(last, at + 1))
      if (this.#equals(at + 1 - text.length, at + 1, text)) return at + 1;
    throw refuse('FILE_TRUNCATED', `expected ${text}`);
  }
}
