import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyedStore } from './kept-versions.ts';
import type { KnownStore } from './known-models.ts';

/** An instant and the longest key fit into it. */
const bytesOfHead = 512;

export interface FolderStoreOptions {
  folder: string;
  /** What the folder may hold; the longest unused goes first. Default: 512 MB. */
  maxBytes?: number;
}

/**
 * Known models in a folder, a file each: they outlive the process, and one process or several may use it. Bounded: past
 * `maxBytes` the values that were not asked for longest are removed. A file is the instant at which it is too old, the key,
 * and the value, a line each.
 */
export class FolderStore implements KnownStore, KeyedStore {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** What is there by our count; null until somebody writes. */
  #bytes: number | null = null;
  /** One clearing up at a time. */
  #clearing: Promise<void> | null = null;

  constructor({ folder, maxBytes = 512 * 1_048_576 }: FolderStoreOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  async get(key: string): Promise<string | null> {
    const file = this.#fileOf(key);
    try {
      const text = await readFile(file, 'utf8');
      const end = text.indexOf('\n');
      if (Number(text.slice(0, end)) < Date.now()) return null;
      const now = new Date();
      await utimes(file, now, now);
      return text.slice(text.indexOf('\n', end + 1) + 1);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const text = `${Date.now() + ttlMs}\n${key}\n${value}`;
    // Written beside and moved: nobody reads half a value.
    const draft = join(this.#folder, `${randomUUID()}.draft`);
    await writeFile(draft, text);
    await rename(draft, this.#fileOf(key));
    this.#bytes ??= await this.#count();
    this.#bytes += text.length;
    if (this.#bytes > this.#maxBytes) {
      this.#clearing ??= this.#clear().finally(() => {
        this.#clearing = null;
      });
      await this.#clearing;
    }
  }

  async *keys(start: string): AsyncIterable<string> {
    for (const { file } of await this.#list()) {
      const key = await keyIn(file);
      if (key?.startsWith(start)) yield key;
    }
  }

  async delete(...keys: string[]): Promise<void> {
    await Promise.all(keys.map((key) => rm(this.#fileOf(key), { force: true })));
  }

  async forget(keys: readonly string[]): Promise<number> {
    await this.delete(...keys);
    this.#bytes = null;
    return keys.length;
  }

  #fileOf(key: string): string {
    return join(this.#folder, createHash('sha256').update(key).digest('hex'));
  }

  async #count(): Promise<number> {
    return (await this.#list()).reduce((sum, { size }) => sum + size, 0);
  }

  /** Down to three quarters, so that not every value clears up anew. */
  async #clear(): Promise<void> {
    const files = (await this.#list()).sort((one, other) => one.usedMs - other.usedMs);
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { file, size } of files) {
      if (bytes <= this.#maxBytes * 0.75) break;
      await rm(file, { force: true });
      bytes -= size;
    }
    this.#bytes = bytes;
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (isMissing(error)) return []; // nothing was ever kept
      throw error;
    }
  }

  async #list(): Promise<{ file: string; size: number; usedMs: number }[]> {
    const files = [];
    for (const name of await this.#names()) {
      const file = join(this.#folder, name);
      try {
        const { size, mtimeMs } = await stat(file);
        files.push({ file, size, usedMs: mtimeMs });
      } catch (error) {
        if (!isMissing(error)) throw error; // another process cleared it up
      }
    }
    return files;
  }
}

/** The second line; null where the file is gone, or is none of this store. */
async function keyIn(file: string): Promise<string | null> {
  try {
    await using handle = await open(file);
    const head = Buffer.alloc(bytesOfHead);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return head.toString('utf8', 0, bytesRead).split('\n', 2)[1] ?? null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
