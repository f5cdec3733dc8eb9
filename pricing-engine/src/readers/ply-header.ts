import { refuse } from '../refusal.ts';

export type PlyEncoding = 'ascii' | 'binary_little_endian' | 'binary_big_endian';

export interface PlyHeader {
  encoding: PlyEncoding;
  elements: PlyElement[];
  /** Where the data begins. */
  bytes: number;
}

export interface PlyElement {
  name: string;
  count: number;
  properties: PlyProperty[];
}

/** `count` is the type of a list's length, null for a single value. */
export interface PlyProperty {
  name: string;
  type: ScalarType;
  count: ScalarType | null;
}

/** Bytes a value, by the name of its type in either dialect. */
export const scalarBytes = {
  char: 1,
  int8: 1,
  uchar: 1,
  uint8: 1,
  short: 2,
  int16: 2,
  ushort: 2,
  uint16: 2,
  int: 4,
  int32: 4,
  uint: 4,
  uint32: 4,
  float: 4,
  float32: 4,
  double: 8,
  float64: 8,
} as const;

export type ScalarType = keyof typeof scalarBytes;

const longest = 65_536;

/** Everything up to `end_header`; refuses what is no header, or one of more than 64 KiB. */
export function readPlyHeader(bytes: Uint8Array): PlyHeader {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, longest));
  const end = /(^|[\r\n])end_header[ \t]*(\r\n|\n|\r)/.exec(text);
  if (!end) throw refuse('FILE_DAMAGED', 'a PLY header without end_header');
  const elements: PlyElement[] = [];
  let encoding: PlyEncoding | undefined;
  for (const line of text.slice(0, end.index).split(/[\r\n]+/)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === 'format') encoding = readEncoding(words[1]);
    else if (words[0] === 'element') elements.push(readElement(words));
    else if (words[0] === 'property') {
      const element = elements.at(-1);
      if (!element) throw refuse('FILE_DAMAGED', 'a PLY property before any element');
      element.properties.push(readProperty(words));
    }
  }
  if (!encoding) throw refuse('FILE_DAMAGED', 'a PLY header without a format');
  return { encoding, elements, bytes: end.index + end[0].length };
}

function readEncoding(word = ''): PlyEncoding {
  if (word === 'ascii' || word === 'binary_little_endian' || word === 'binary_big_endian') return word;
  throw refuse('FILE_DAMAGED', `the unknown PLY format "${word.slice(0, 40)}"`);
}

function readElement([, name = '', digits = '']: string[]): PlyElement {
  const count = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isSafeInteger(count))
    throw refuse('FILE_DAMAGED', `a PLY element with the count "${digits.slice(0, 40)}"`);
  return { name, count, properties: [] };
}

function readProperty([, ...words]: string[]): PlyProperty {
  if (words[0] === 'list') return { count: scalar(words[1]), type: scalar(words[2]), name: words[3] ?? '' };
  return { count: null, type: scalar(words[0]), name: words[1] ?? '' };
}

function scalar(word: string | undefined): ScalarType {
  if (word && Object.hasOwn(scalarBytes, word)) return word as ScalarType;
  throw refuse('FILE_DAMAGED', `the unknown PLY type "${String(word).slice(0, 40)}"`);
}
