import type { Gap, Message } from './message.ts';

/** The client's end of a transport. */
export interface Outlet {
  /** Whether the client keeps up: false once too much waits to be sent. */
  writable(): boolean;
  /** The execution result as JSON, and the cursor in it. */
  write(json: string, cursor: string | undefined): void;
}

type Extensions = Readonly<Record<string, unknown>>;

interface Letter {
  message: Message;
  own: Extensions | undefined;
}

/**
 * What waits for a slow client, up to a limit: then the oldest goes, and the next message says how many were missed.
 */
export class Mailbox {
  readonly #outlet: Outlet;
  readonly #limit: number;
  readonly #waiting: Letter[] = [];
  readonly #onMissed: (count: number) => void;
  #gap: Gap | undefined;

  constructor(outlet: Outlet, limit: number, onMissed: (count: number) => void) {
    this.#outlet = outlet;
    this.#limit = limit;
    this.#onMissed = onMissed;
  }

  /** `own` is what only this client is told, in the extensions. */
  put(message: Message, own?: Extensions): void {
    if (this.#waiting.length === 0 && this.#outlet.writable()) {
      this.#write({ message, own });
      return;
    }
    this.#waiting.push({ message, own });
    if (this.#waiting.length > this.#limit) {
      this.#waiting.shift();
      this.missed({ missed: 1, reason: 'SLOW_CLIENT' });
    }
  }

  /** The next message tells of it. */
  missed(gap: Gap): void {
    this.#onMissed(gap.missed ?? 1);
    const before = this.#gap ? this.#gap.missed : 0;
    this.#gap = {
      missed: before === null || gap.missed === null ? null : before + gap.missed,
      reason: gap.reason,
    };
  }

  /** The client takes more again. */
  drain(): void {
    while (this.#waiting.length > 0 && this.#outlet.writable()) this.#write(this.#waiting.shift()!);
  }

  #write({ message, own }: Letter): void {
    const gap = this.#gap;
    this.#gap = undefined;
    const { cursor } = message.extensions;
    this.#outlet.write(
      message.json(gap ? { ...own, gap } : own),
      typeof cursor === 'string' ? cursor : undefined,
    );
  }
}
