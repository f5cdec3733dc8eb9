import type { Gap, Message } from './message.ts';
import type { FieldTally } from './metrics.ts';

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
  key: string | undefined;
}

/**
 * What waits for a slow client, up to a limit. Then messages go that have a newer one with the same key, and where there
 * are none the oldest; the next message says how many were missed, and why. What is delivered stays in the order of the
 * stream: all before a message has been delivered, or told as missing, or will come again with its key.
 */
export class Mailbox {
  readonly #outlet: Outlet;
  readonly #limit: number;
  readonly #tally: FieldTally;
  /** Nothing for most clients: they keep up. */
  #waiting: Map<unknown, Letter> | undefined;
  /** Whether letters stand under their keys, one for each; before it is full all are kept. */
  #conflating = false;
  #gap: Gap | undefined;

  constructor(outlet: Outlet, limit: number, tally: FieldTally) {
    this.#outlet = outlet;
    this.#limit = limit;
    this.#tally = tally;
  }

  /** Whether nothing waits for the client. */
  get isEmpty(): boolean {
    return !this.#waiting;
  }

  /** `own` is what only this client is told, in the extensions; `key` what the message speaks of. */
  put(message: Message, own?: Extensions, key?: string): void {
    if (!this.#waiting && this.#outlet.writable()) {
      this.#write(message, own);
      return;
    }
    this.#waiting ??= new Map();
    this.#keep({ message, own, key });
    if (this.#waiting.size <= this.#limit) return;
    if (!this.#conflating) {
      this.#conflating = true;
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const each of all) this.#keep(each);
    }
    while (this.#waiting.size > this.#limit) {
      this.#waiting.delete(this.#waiting.keys().next().value);
      this.missed({ missed: 1, reason: 'SLOW_CLIENT' });
    }
  }

  /** The next message tells of it. */
  missed(gap: Gap): void {
    const count = gap.missed ?? 1;
    if (gap.reason === 'CONFLATED') this.#tally.conflated += count;
    else this.#tally.dropped += count;
    const before = this.#gap;
    this.#gap = {
      missed: before?.missed === null || gap.missed === null ? null : (before?.missed ?? 0) + gap.missed,
      // What is lost weighs more than what has come in a newer state.
      reason: before && gap.reason === 'CONFLATED' ? before.reason : gap.reason,
    };
  }

  /** The client takes more again. */
  drain(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    for (const [key, letter] of waiting) {
      if (!this.#outlet.writable()) return;
      waiting.delete(key);
      this.#write(letter.message, letter.own);
    }
    if (waiting.size > 0) return;
    this.#waiting = undefined;
    this.#conflating = false;
  }

  /** Last in line, also when it takes the place of an earlier one. */
  #keep(letter: Letter): void {
    const key = this.#conflating && letter.key !== undefined ? letter.key : letter;
    if (this.#waiting!.delete(key)) this.missed({ missed: 1, reason: 'CONFLATED' });
    this.#waiting!.set(key, letter);
  }

  #write(message: Message, own: Extensions | undefined): void {
    const gap = this.#gap;
    this.#gap = undefined;
    this.#tally.delivered++;
    if (gap) this.#tally.gaps++;
    const { cursor } = message.extensions;
    this.#outlet.write(
      message.json(gap ? { ...own, gap } : own),
      typeof cursor === 'string' ? cursor : undefined,
    );
  }
}
