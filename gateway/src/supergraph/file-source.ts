import { type FSWatcher, type Stats, watch } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceOptions, SupergraphSource } from './source.ts';
import { unreadable } from './supergraph-error.ts';

/** Where the system tells nothing, as on network drives, the file is looked at all the same. */
const lookMs = 5_000;

type OnChange = Parameters<SupergraphSource['watch']>[0];

/**
 * A supergraph in a file. What is watched are folders, not the file: editors and `kubectl` put another file, or another
 * link, in its place.
 */
export class FileSource implements SupergraphSource {
  readonly name: string;
  readonly #path: string;
  readonly #options: SourceOptions;
  /** By folder: the one of the path, and the one that its links lead to. */
  readonly #watchers = new Map<string, FSWatcher>();
  #onChange: OnChange | undefined;
  #seen = '';
  #pause: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(path: string, options: SourceOptions) {
    this.name = path;
    this.#path = resolve(path.startsWith('file:') ? fileURLToPath(path) : path);
    this.#options = options;
  }

  async read(): Promise<string> {
    const { maxBytes } = this.#options;
    try {
      const before = await stat(this.#path);
      this.#seen = printOf(before);
      if (before.size > maxBytes) throw unreadable(this.name, `is larger than ${maxBytes} bytes`);
      return await readFile(this.#path, 'utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'SUPERGRAPH_UNREADABLE') throw cause;
      throw unreadable(this.name, 'cannot be read', cause);
    }
  }

  watch(onChange: OnChange): void {
    if (!this.#options.watch || this.#closed) return;
    this.#onChange = onChange;
    this.#look = setInterval(() => this.#lookAtIt(), lookMs);
    this.#look.unref();
    this.#lookAtIt();
  }

  /** Something has happened in the folders; several writes make one change. */
  #touched(): void {
    if (this.#closed) return;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#lookAtIt(), this.#options.debounceMs);
    this.#pause.unref();
  }

  #lookAtIt(): void {
    void this.#compare();
  }

  async #compare(): Promise<void> {
    await this.#watchFolders();
    let now: string;
    try {
      now = printOf(await stat(this.#path));
    } catch {
      return; // not there now: whoever puts it there is seen
    }
    if (now === this.#seen || this.#closed) return;
    this.#seen = now;
    await this.#onChange?.('file');
  }

  async #watchFolders(): Promise<void> {
    const folders = new Set([dirname(this.#path)]);
    try {
      folders.add(dirname(await realpath(this.#path)));
    } catch {
      // not there now
    }
    if (this.#closed) return;
    for (const [folder, watcher] of this.#watchers) if (!folders.has(folder)) this.#unwatch(folder, watcher);
    for (const folder of folders) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#touched());
        watcher.on('error', () => this.#unwatch(folder, watcher));
        this.#watchers.set(folder, watcher);
      } catch {
        // The folder has gone, or the system has no watcher left: the looks from time to time remain.
      }
    }
  }

  #unwatch(folder: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pause);
    clearInterval(this.#look);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    return Promise.resolve();
  }
}

/** Changes whenever the file does, by its content or by its place. */
function printOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}
