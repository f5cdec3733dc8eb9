import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Dice } from '../../../e2e/harness/dice.ts';
import { codeOf, query } from './graph.ts';

/** What became of one who listens, of all the messages he was given. */
export interface Account {
  heard: number;
  /** Serials that never came and that no gap has told of. */
  lost: number;
  /** Serials that came again, or after a later one. */
  doubled: number;
  /** Gaps that were told, and serials that they were about. */
  gaps: number;
  announced: number;
  /** Connections that were lost and made again. */
  reconnections: number;
  /** Subscriptions that were refused or ended, and begun again where they were, by code. */
  refusals: Record<string, number>;
}

interface Message {
  data?: { reading?: { serial: number } | null } | null;
  errors?: unknown;
  extensions?: { cursor?: string; gap?: { missed: number | null; reason: string } };
}

/** A client of graphql-ws that knows all gateways, keeps its newest cursor, and counts what it is given. */
export class Listener implements AsyncDisposable {
  readonly id: string;
  readonly account: Account = {
    heard: 0,
    lost: 0,
    doubled: 0,
    gaps: 0,
    announced: 0,
    reconnections: 0,
    refusals: {},
  };
  /** What was wrong, for people. */
  readonly wrongs: string[] = [];
  /** The newest serial; null before the first message. */
  serial: number | null = null;
  readonly #client: Client;
  readonly #extensions: Record<string, unknown> = {};
  readonly #dice: Dice;
  #over = false;

  constructor(id: string, gateways: readonly string[], dice: Dice) {
    this.id = id;
    this.#dice = dice;
    let at = Math.floor(dice.next() * gateways.length);
    this.#client = createClient({
      // Where one was lost the next one is asked.
      url: () => `${gateways[at++ % gateways.length]!.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: () => this.#pause(),
      on: { connected: (_, __, again) => void (again && this.account.reconnections++) },
    });
    this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#client.dispose();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#dice.between(50, 400)));
  }

  #listen(): void {
    const again = (reason: unknown) => {
      if (this.#over) return;
      const code = codeOf(reason);
      this.account.refusals[code] = (this.account.refusals[code] ?? 0) + 1;
      void this.#pause().then(() => this.#over || this.#listen());
    };
    this.#client.subscribe(
      { query, variables: { id: this.id }, extensions: this.#extensions },
      {
        next: (message) => this.#hear(message as Message),
        error: again,
        complete: () => again('complete'),
      },
    );
  }

  #hear({ data, errors, extensions }: Message): void {
    const { account } = this;
    const serial = data?.reading?.serial;
    if (serial === undefined) {
      this.#wrong(`a message without a reading: ${JSON.stringify(errors)}`);
      account.lost++;
      return;
    }
    account.heard++;
    const { cursor, gap } = extensions ?? {};
    if (cursor) this.#extensions.resumeFrom = cursor;
    const before = this.serial;
    this.serial = serial;
    if (gap) account.gaps++;
    if (before === null) return;
    const missing = serial - before - 1;
    const told = gap !== undefined && (gap.missed === null || gap.missed >= missing);
    // Who begins again with the current state, and is told so, may find what he knew.
    if (missing < 0 && !(told && missing === -1)) {
      account.doubled++;
      this.#wrong(`${serial} after ${before}`);
    } else if (missing > 0 && told) account.announced += missing;
    else if (missing > 0) {
      account.lost += missing;
      this.#wrong(`${serial} after ${before} without a word`);
    }
  }

  #wrong(what: string): void {
    if (this.wrongs.length < 5) this.wrongs.push(`${this.id}: ${what}`);
  }
}
