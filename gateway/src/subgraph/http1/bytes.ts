/** What a byte may be in HTTP. */
export const cr = 0x0d;
export const lf = 0x0a;
export const space = 0x20;
export const tab = 0x09;
export const colon = 0x3a;
export const semicolon = 0x3b;

/** Of names of headers. */
export const isToken = table((byte) => /[\w!#$%&'*+.^`|~-]/.test(String.fromCharCode(byte)));

/** Of values of headers, of reasons and of what is said beside the size of a chunk. */
export const isText = table((byte) => byte === tab || (byte >= space && byte !== 0x7f));

function table(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}

/** Whether the bytes from `start` to `end` are the word, which is ASCII and in lower case, whatever theirs is. */
export function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at++) {
    const byte = bytes[start + at]!;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    if (lower !== word.charCodeAt(at)) return false;
  }
  return true;
}

/** A whole number in decimal digits and nothing else; -1 when it is none, or is greater than can be. */
export function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 15) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
