import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Files, FilesError, type StoredFile } from './files.ts';
import { assertSha256, SizedHash } from './sized-hash.ts';

/** An upload that was cut off by a crash is thrown away when the folder is opened after so long. */
const abandonedAfterMs = 3_600_000; // 1 hour

/** Opens a folder of files, each under its sha256; several processes may share it. Creates it if need be. */
export async function openFolderFiles(folder: string): Promise<Files> {
  const incoming = join(folder, 'incoming');
  await mkdir(incoming, { recursive: true });
  await sweep(incoming);
  return new FolderFiles(folder, incoming);
}

class FolderFiles implements Files {
  readonly #folder: string;
  readonly #incoming: string;

  constructor(folder: string, incoming: string) {
    this.#folder = folder;
    this.#incoming = incoming;
  }

  async put(bytes: Readable, { maxBytes }: { maxBytes: number }): Promise<StoredFile> {
    const temporary = join(this.#incoming, randomUUID());
    const counted = new SizedHash(maxBytes);
    try {
      // `flush`: the bytes are on the disk before the name says that they are.
      await pipeline(bytes, counted, createWriteStream(temporary, { flags: 'wx', flush: true }));
      const sha256 = counted.sha256();
      const shard = join(this.#folder, sha256.slice(0, 2));
      await mkdir(shard, { recursive: true });
      await rename(temporary, join(shard, sha256));
      await syncFolder(shard);
      return { sha256, bytes: counted.bytes };
    } catch (error) {
      await rm(temporary, { force: true });
      throw filesError(error);
    }
  }

  async get(sha256: string): Promise<Readable | null> {
    try {
      const file = await open(this.#path(sha256), 'r');
      return file.createReadStream();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw filesError(error);
    }
  }

  async has(sha256: string): Promise<boolean> {
    try {
      await stat(this.#path(sha256));
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw filesError(error);
    }
  }

  async delete(sha256: string): Promise<void> {
    await rm(this.#path(sha256), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held open between calls.
  }

  #path(sha256: string): string {
    assertSha256(sha256);
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }
}

/** Makes a rename outlive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sweep(incoming: string): Promise<void> {
  const old = Date.now() - abandonedAfterMs;
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() })); // another process was faster
    if (mtimeMs < old) await rm(path, { force: true });
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** The disk's errors in our codes; an error of the stream that was given stays what it is. */
function filesError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new FilesError('DISK_FULL', 'no space is left for the file', { cause: error });
  }
  if (code === 'EIO' || code === 'EROFS' || code === 'EACCES' || code === 'EMFILE') {
    return new FilesError('UNAVAILABLE', 'the folder cannot be used', { cause: error });
  }
  return error;
}
