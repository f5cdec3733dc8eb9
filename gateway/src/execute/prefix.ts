/** What is written between the value of one field and that of the next; each value is a text, without its quotes, or not. */
export interface Prefix {
  /** From no text to no text. */
  readonly plain: string;
  /** From a text, whose closing quote is still to come. */
  readonly afterText: string;
  /** To a text, with its opening quote. */
  readonly toText: string;
  readonly betweenTexts: string;
}

/** Thousands of operations are kept, and their fields are called alike. */
const maxKnown = 2_000;
const known = new Map<string, Prefix>();

/** Of a key of the response; `first`: behind the brace instead of a comma. */
export function prefixOf(key: string, first: boolean): Prefix {
  // Joined lists are texts in one piece, which is what they are to be added to others.
  const plain = [first ? '{' : ',', JSON.stringify(key), ':'].join('');
  let prefix = known.get(plain);
  if (!prefix) {
    prefix = {
      plain,
      afterText: ['"', plain].join(''),
      toText: [plain, '"'].join(''),
      betweenTexts: ['"', plain, '"'].join(''),
    };
    if (known.size >= maxKnown) known.clear();
    known.set(plain, prefix);
  }
  return prefix;
}
