import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** A waiting buffer past this size refuses: the disk does not keep up, and memory is not for it. */
const maxBufferedChars = 64 * 1024 * 1024;

interface Waiting {
  line: string;
  done: PromiseWithResolvers<void> | undefined;
}

/**
 * A file of lines that is only appended to. `append` resolves when the line is with the operating system: it outlives
 * this process in any way it may end (kill -9 included), though not a power cut: nothing is fsynced per line. Lines
 * that come while one write is under way go out together with the next.
 */
export class Journal {
  readonly #path: string;
  #handle: FileHandle;
  #waiting: Waiting[] = [];
  #waitingChars = 0;
  #busy: Promise<void> | undefined;
  /** A compaction waits for its turn: no new write begins before it. */
  #compactNext = false;
  /** The size of the file up to its last whole line. */
  bytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /**
   * Gives every whole line of an existing file to `onLine`, then writes what `snapshot` yields as the new beginning.
   * A torn last line, which nobody was told had been stored, is left out.
   */
  static async open(
    path: string,
    onLine: (line: string) => void,
    snapshot: () => Iterable<string>,
  ): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'a');
    const journal = new Journal(path, handle);
    try {
      await readLines(path, onLine);
      await journal.compact(snapshot());
    } catch (error) {
      await journal.#handle.close();
      throw error;
    }
    return journal;
  }

  /** Rejects when the line could not be written; the file then ends with the last whole line. */
  append(line: string): Promise<void> {
    if (this.#waitingChars > maxBufferedChars) return Promise.reject(new Error('the disk does not keep up'));
    const done = Promise.withResolvers<void>();
    this.#enqueue({ line, done });
    return done.promise;
  }

  /** Appends without anybody waiting: for what may be lost, since the work is then merely done again. */
  note(line: string): void {
    this.#enqueue({ line, done: undefined });
  }

  /**
   * Replaces the file by `lines`, durably. Lines appended meanwhile follow them; reading must therefore bear to learn
   * something twice.
   */
  async compact(lines: Iterable<string>): Promise<void> {
    this.#compactNext = true;
    while (this.#busy) await this.#busy;
    this.#compactNext = false;
    this.#busy = this.#rewrite(lines).finally(() => {
      this.#busy = undefined;
      this.#flush();
    });
    await this.#busy;
  }

  /** Waits until everything said so far is written. */
  async settled(): Promise<void> {
    while (this.#busy || this.#compactNext) await (this.#busy ?? Promise.resolve());
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#handle.close();
  }

  #enqueue(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#waitingChars += waiting.line.length;
    this.#flush();
  }

  #flush(): void {
    if (this.#busy || this.#compactNext || this.#waiting.length === 0) return;
    this.#busy = this.#write().finally(() => {
      this.#busy = undefined;
      this.#flush();
    });
  }

  async #write(): Promise<void> {
    // One turn later, so that what is published together is written together.
    await new Promise((resolve) => setImmediate(resolve));
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingChars = 0;
    const text = Buffer.from(`${batch.map(({ line }) => line).join('\n')}\n`);
    try {
      await this.#handle.appendFile(text);
      this.bytes += text.length;
      for (const { done } of batch) done?.resolve();
    } catch (error) {
      await this.#handle.truncate(this.bytes).catch(() => {
        // The half line stays and is left out when the file is read; the writers learn of the first error below.
      });
      for (const { done } of batch) done?.reject(error);
    }
  }

  async #rewrite(lines: Iterable<string>): Promise<void> {
    const temporary = `${this.#path}.new`;
    const handle = await open(temporary, 'w');
    let bytes = 0;
    try {
      for (const part of inParts(lines)) {
        const buffer = Buffer.from(part);
        await handle.appendFile(buffer);
        bytes += buffer.length;
      }
      await handle.sync();
      await rename(temporary, this.#path);
    } catch (error) {
      await handle.close();
      await rm(temporary, { force: true });
      throw error;
    }
    await this.#handle.close();
    this.#handle = handle;
    this.bytes = bytes;
  }
}

/** Joins lines to pieces of about 1 MiB, so that other work gets its turn between two writes. */
function* inParts(lines: Iterable<string>): Generator<string> {
  let part = '';
  for (const line of lines) {
    part += `${line}\n`;
    if (part.length >= 1_048_576) {
      yield part;
      part = '';
    }
  }
  if (part) yield part;
}

async function readLines(path: string, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 })) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line) onLine(line);
  }
}
