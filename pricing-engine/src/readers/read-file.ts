import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** A piece of so much is hashed while the next one is read. */
const pieceBytes = 4 * 1_048_576;

export interface HashedFile {
  /** In memory of their own, which can be handed to a thread. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Lower-case hex. */
  sha256: string;
}

/** Asked for its size first: a file past the limit is refused unread. Refuses FILE_TOO_LARGE and FILE_UNREADABLE. */
export async function readModelFile(path: string, { maxBytes }: Limits): Promise<HashedFile> {
  try {
    await using file = await open(path);
    const stat = await file.stat();
    if (stat.size > maxBytes) throw refuse('FILE_TOO_LARGE', stat.size, maxBytes);
    // A pipe does not know its size: there is room for one byte more than it may have.
    const { bytes, sha256 } = await readHashed(file, stat.isFile() ? stat.size : maxBytes + 1);
    if (bytes.length > maxBytes) throw refuse('FILE_TOO_LARGE', bytes.length, maxBytes);
    return { bytes, sha256 };
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && 'code' in error)
      throw refuse('FILE_UNREADABLE', String(error.code));
    throw error;
  }
}

async function readHashed(file: FileHandle, most: number): Promise<HashedFile> {
  const bytes = new Uint8Array(most);
  const hash = createHash('sha256');
  const readFrom = (at: number) => file.read(bytes, at, Math.min(pieceBytes, most - at), null);
  let there = 0;
  let reading = most > 0 ? readFrom(0) : null;
  while (reading) {
    const { bytesRead } = await reading;
    const from = there;
    there += bytesRead;
    reading = bytesRead > 0 && there < most ? readFrom(there) : null;
    hash.update(bytes.subarray(from, there));
  }
  return { bytes: there === most ? bytes : bytes.slice(0, there), sha256: hash.digest('hex') };
}
