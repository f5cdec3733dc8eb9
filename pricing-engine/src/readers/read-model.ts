import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { threemf } from './3mf.ts';
import { obj } from './obj.ts';
import { ply } from './ply.ts';
import type { Reader } from './reader.ts';
import type { Soup } from './soup.ts';
import { stlAscii } from './stl-ascii.ts';
import { stlBinary } from './stl-binary.ts';

/** Asked in this order: the binary formats know themselves for certain, OBJ is the least sure. */
const readers: readonly Reader[] = [threemf, ply, stlBinary, stlAscii, obj];

/** Reads a model of any known format, or throws a `Refusal`. */
export function readModel(bytes: Uint8Array, limits: Limits): Soup {
  if (bytes.length === 0) throw refuse('FILE_EMPTY');
  if (bytes.length > limits.maxBytes) throw refuse('FILE_TOO_LARGE', bytes.length, limits.maxBytes);
  const content = asUtf8(bytes);
  const other = otherFormat(content);
  if (other) throw refuse('FORMAT_UNKNOWN', other);
  const reader = readers.find((candidate) => candidate.recognises(content));
  if (!reader) throw refuse('FORMAT_UNKNOWN', null);
  const soup = reader.read(content, limits);
  if (soup.coordinates.length === 0) throw refuse('MODEL_EMPTY');
  return soup;
}

/** Without a byte order mark; UTF-16, which some Windows programs write, becomes UTF-8. */
function asUtf8(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  const little = bytes[0] === 0xff && bytes[1] === 0xfe;
  const big = bytes[0] === 0xfe && bytes[1] === 0xff;
  if (!little && !big) return bytes;
  const text = new TextDecoder(little ? 'utf-16le' : 'utf-16be').decode(bytes.subarray(2));
  return new TextEncoder().encode(text);
}

/** What people send by mistake, so that they can be told what it was. */
const signatures: readonly [string, string][] = [
  ['\x89PNG', 'PNG'],
  ['\xff\xd8\xff', 'JPEG'],
  ['GIF8', 'GIF'],
  ['%PDF', 'PDF'],
  ['Rar!', 'RAR'],
  ['7z\xbc\xaf', '7-Zip'],
  ['\x1f\x8b', 'gzip'],
  ['ISO-10303-21', 'STEP'],
  ['glTF', 'glTF'],
  ['OFF\n', 'OFF'],
  ['OFF\r', 'OFF'],
  ['Kaydara FBX', 'FBX'],
  ['<!DOCTYPE html', 'HTML'],
  ['<html', 'HTML'],
];

function otherFormat(bytes: Uint8Array): string | null {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  return signatures.find(([signature]) => start.startsWith(signature))?.[1] ?? null;
}
