import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const CONNECTED_WITHIN_MS = 120_000; // two minutes: some gateways open a connection of their own for each client
const ALL_WITHIN_MS = 120_000;

/** When the last client had the event, and how many messages all of them have had since the last time. */
export interface Arrived {
  atMs: number;
  messages: number;
}

/** Clients in a process of their own, so that descriptors and processor time are theirs. */
export class Clients implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  /** Resolves when every client has subscribed. */
  static async connect(url: string, count: number): Promise<Clients> {
    const script = join(import.meta.dirname, 'clients.ts');
    const child = spawn(process.execPath, [script, url.replace('http', 'ws'), String(count)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const clients = new Clients(child);
    await clients.#line('READY', CONNECTED_WITHIN_MS);
    return clients;
  }

  /** Resolves when every client has had this event. */
  async allHave(serial: number, withinMs = ALL_WITHIN_MS): Promise<Arrived> {
    this.#child.stdin!.write(`expect ${serial}\n`);
    const { at, messages } = await this.#line('ALL', withinMs);
    return { atMs: Number(at), messages: Number(messages) };
  }

  async #line(word: string, withinMs: number): Promise<Record<string, string>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`waited ${withinMs} ms in vain for ${word} of the clients`);
      timer = setTimeout(() => reject(error), withinMs);
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
