import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Source } from './source-process.ts';

const WARM_WITHIN_MS = 180_000;
const WITHIN_MS = 600_000; // ten minutes: machines are shared, and some gateways open a connection of their own for each client

/** When each client had the event, in ms since 1970, and how many messages all of them have had since the last time. */
export interface Arrived {
  atMs: readonly number[];
  messages: number;
}

/** Clients in processes of their own, so that descriptors and processor time are theirs. */
export class Clients implements AsyncDisposable {
  readonly #processes: readonly ClientsProcess[];
  readonly #count: number;

  private constructor(processes: readonly ClientsProcess[], count: number) {
    this.#processes = processes;
    this.#count = count;
  }

  /** Resolves when every client has asked; they come from as many processes and addresses. */
  static async connect(url: string, count: number, processes: number): Promise<Clients> {
    const share = Math.ceil(count / processes);
    const started = Array.from({ length: processes }, (_, index) => {
      const own = Math.min(share, count - index * share);
      return new ClientsProcess('clients.ts', [
        url.replace('http', 'ws'),
        String(own),
        `127.0.0.${index + 2}`,
      ]);
    });
    const clients = new Clients(started, count);
    try {
      await Promise.all(started.map((each) => each.answer('READY')));
    } catch (error) {
      await clients[Symbol.asyncDispose]();
      throw error;
    }
    return clients;
  }

  /** Resolves when every client has had this event. */
  async allHave(serial: number): Promise<Arrived> {
    const all = await Promise.all(
      this.#processes.map(async (each) => {
        each.tell(`expect ${serial}`);
        return (await each.answer('ALL')) as { at: number[]; messages: number };
      }),
    );
    return {
      atMs: all.flatMap(({ at }) => at),
      messages: all.reduce((sum, { messages }) => sum + messages, 0),
    };
  }

  /** Subscribing is not confirmed: events are sent until all have had one. */
  async warmUp(source: Source): Promise<void> {
    const deadline = Date.now() + WARM_WITHIN_MS;
    // Whoever has the one before is not kept from it by the next.
    const everyMs = Math.max(500, this.#count / 5);
    let warm = false;
    const all = this.allHave(source.serial + 1).then(() => {
      warm = true;
    });
    while (!warm) {
      if (Date.now() > deadline) throw new Error('some clients have had no event');
      await source.emit(1);
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, everyMs))]);
    }
    await this.allHave(source.serial);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((each) => each[Symbol.asyncDispose]()));
  }
}

/** A script that is told lines and answers with lines `<WORD> {…}`. */
export class ClientsProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(script: string, args: readonly string[]) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  tell(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** The next line, which must begin with this word. */
  async answer(word: string): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`waited ${WITHIN_MS} ms in vain for ${word} of the clients`);
      timer = setTimeout(() => reject(error), WITHIN_MS);
    });
    try {
      const { value, done } = await Promise.race([this.#lines.next(), late]);
      if (done || !value.startsWith(`${word} `)) throw new Error(`expected ${word} of the clients: ${value}`);
      return JSON.parse(value.slice(word.length + 1));
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
