import { zip } from '../zip.ts';
import type { Random } from './random.ts';
import type { ValidFile } from './valid-files.ts';

const mostBytes = 200_000;
const numbers = [
  'nan',
  'inf',
  '-inf',
  '1e999',
  '-1e39',
  '1e-999',
  '99999999999999999999',
  '-1',
  '0',
  '2147483648',
  '1,5',
  '0x10',
  '',
  '-',
  '.',
  'e',
  '1d3',
];
const words = [
  'solid',
  'facet',
  'vertex',
  'endloop',
  'outer loop',
  'f',
  'v',
  'f 1/1/1 2/2 3',
  'element',
  'property list uchar int x',
  'end_header',
  '\\\n',
  '\0',
  '#',
  '<',
  '>',
  '</object>',
  '<component objectid="2"/>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&amp;',
  '<!--',
  ']]>',
  '\ufeff',
];
const integers = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7f800000, 0x7fc00000,
  0xff800000,
];

/** One of the valid files, broken in one to eight ways. */
export function mutated(files: readonly ValidFile[], random: Random): Uint8Array<ArrayBuffer> {
  const { bytes, parts } = random.of(files);
  if (parts && random.below(4) > 0) {
    // Broken inside, the zip around it sound.
    const name = random.of(Object.keys(parts));
    return zip({ ...parts, [name]: broken(Buffer.from(parts[name]!), files, random) });
  }
  return broken(bytes, files, random);
}

function broken(valid: Uint8Array, files: readonly ValidFile[], random: Random): Uint8Array<ArrayBuffer> {
  let bytes = Buffer.from(valid);
  for (let ways = 1 + random.below(random.of([1, 2, 8])); ways > 0; ways--)
    bytes = Buffer.from(once(bytes, files, random)).subarray(0, mostBytes);
  return new Uint8Array(bytes);
}

function once(bytes: Buffer, files: readonly ValidFile[], random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.below(random.of([4, 64, 4096])));
  const replaced = (by: Uint8Array | string, until = at) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(by as string), bytes.subarray(until)]);
  switch (random.below(11)) {
    case 0:
      if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.below(256);
      return bytes;
    case 2:
      if (at + 4 <= bytes.length) {
        const value = random.of(integers);
        if (random.below(2) === 0) bytes.writeUInt32LE(value, at);
        else bytes.writeUInt32BE(value, at);
      }
      return bytes;
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return replaced('', end);
    case 5:
      return replaced(bytes.subarray(at, end));
    case 6:
      return replaced(random.of(words));
    case 7:
      return replaced(random.of(numbers), wordEnd(bytes, at));
    case 8: {
      const other = random.of(files).bytes;
      const from = random.below(other.length);
      return replaced(other.subarray(from, from + random.below(500)), end);
    }
    case 9:
      return replaced(Buffer.alloc(random.below(2000), random.of([0, 32, 10, 48, 255])));
    default:
      return bytes.fill(random.below(256), at, end);
  }
}

/** Of the number or word the place is in, so that it is replaced and not cut in two. */
function wordEnd(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && bytes[end]! > 34 && end - at < 40) end++;
  return end;
}
