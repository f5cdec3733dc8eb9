import { inflateRawSync } from 'node:zlib';
import { refuse } from '../refusal.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

interface ZipEntry {
  method: number;
  encrypted: boolean;
  packedBytes: number;
  /** Of the local header. */
  offset: number;
}

/** The files of a zip archive by name, found through its central directory; nothing is unpacked before it is asked for. */
export class Zip {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #entries = new Map<string, ZipEntry>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#readDirectory();
  }

  /** One file unpacked, or null where there is none. The name is compared without regard to case, as OPC wants. */
  file(name: string, maxBytes: number): Uint8Array | null {
    const entry = this.#entries.get(name.replace(/^\//, '').toLowerCase());
    if (!entry) return null;
    if (entry.encrypted) throw refuse('FILE_DAMAGED', `"${name}" is encrypted`);
    const { offset, packedBytes } = entry;
    if (offset + 30 > this.#bytes.length) throw refuse('FILE_TRUNCATED', 'a zip entry lies outside the file');
    const start =
      offset + 30 + this.#view.getUint16(offset + 26, true) + this.#view.getUint16(offset + 28, true);
    if (start + packedBytes > this.#bytes.length)
      throw refuse('FILE_TRUNCATED', 'a zip entry lies outside the file');
    const packed = this.#bytes.subarray(start, start + packedBytes);
    if (entry.method === STORED) return packed;
    if (entry.method !== DEFLATED)
      throw refuse('FILE_DAMAGED', `"${name}" is packed by method ${entry.method}, expected deflate`);
    return unpack(packed, name, maxBytes);
  }

  #readDirectory(): void {
    const view = this.#view;
    let end = view.byteLength - 22;
    const first = Math.max(0, end - 65_535); // the comment may be so long
    while (end >= first && view.getUint32(end, true) !== END) end--;
    if (end < first || end < 0) throw refuse('FILE_TRUNCATED', 'the zip archive has no directory');
    const count = view.getUint16(end + 10, true);
    let at = view.getUint32(end + 16, true);
    for (let index = 0; index < count; index++) {
      if (at + 46 > view.byteLength || view.getUint32(at, true) !== ENTRY)
        throw refuse('FILE_DAMAGED', 'the directory of the zip archive');
      const nameLength = view.getUint16(at + 28, true);
      const name = new TextDecoder().decode(this.#bytes.subarray(at + 46, at + 46 + nameLength));
      this.#entries.set(name.replaceAll('\\', '/').replace(/^\//, '').toLowerCase(), {
        method: view.getUint16(at + 10, true),
        encrypted: (view.getUint16(at + 8, true) & 1) === 1,
        packedBytes: view.getUint32(at + 20, true),
        offset: view.getUint32(at + 42, true),
      });
      at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
  }
}

/** What the directory says of the unpacked size is not believed: a bomb lies. */
function unpack(packed: Uint8Array, name: string, maxBytes: number): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: maxBytes });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw refuse('FILE_TOO_LARGE', maxBytes + 1, maxBytes);
    throw refuse('FILE_DAMAGED', `"${name}" could not be unpacked`);
  }
}
