import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Dice } from '../../../e2e/harness/dice.ts';
import { codeOf, query } from './graph.ts';

/** What became of one who acknowledges. */
export interface DurableAccount {
  heard: number;
  /** Serials that never came. */
  lost: number;
  /** Serials that came again: at least once is what was promised. */
  repeated: number;
  acknowledged: number;
  /** Serials that came again although they were acknowledged, and the gateway had said so. */
  forgotten: number;
  refusals: Record<string, number>;
}

/** A durable subscriber of graphql-ws: it keeps nothing, and acknowledges what it has handled, now and then. */
export class DurableListener implements AsyncDisposable {
  readonly id: string;
  readonly account: DurableAccount = {
    heard: 0,
    lost: 0,
    repeated: 0,
    acknowledged: 0,
    forgotten: 0,
    refusals: {},
  };
  readonly wrongs: string[] = [];
  /** The newest serial; null before the first message. */
  serial: number | null = null;
  /** Up to which serial the gateway has said to know. */
  #known = 0;
  readonly #asked: number[] = [];
  readonly #client: Client;
  readonly #name: string;
  readonly #dice: Dice;
  #socket: WebSocket | undefined;
  /** Of this connection. */
  #last: number | null = null;
  #over = false;

  constructor(id: string, name: string, authorization: string, gateways: readonly string[], dice: Dice) {
    this.id = id;
    this.#name = name;
    this.#dice = dice;
    let at = Math.floor(dice.next() * gateways.length);
    this.#client = createClient({
      url: () => `${gateways[at++ % gateways.length]!.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: () => this.#pause(),
      on: {
        connected: (socket) => {
          this.#socket = socket as WebSocket;
          this.#asked.length = 0;
          this.#last = null;
        },
        pong: (received, payload) => {
          const serial = received ? this.#asked.shift() : undefined;
          if (serial === undefined || !payload?.acknowledged) return;
          this.#known = Math.max(this.#known, serial);
          this.account.acknowledged++;
        },
      },
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
    this.#last = null;
    const again = (reason: unknown) => {
      if (this.#over) return;
      const code = codeOf(reason);
      this.account.refusals[code] = (this.account.refusals[code] ?? 0) + 1;
      void this.#pause().then(() => this.#over || this.#listen());
    };
    this.#client.subscribe(
      { query, variables: { id: this.id }, extensions: { durable: this.#name } },
      {
        next: ({ data, extensions }) => {
          const { serial } = (data as { reading: { serial: number } }).reading;
          this.#hear(serial, String((extensions as { cursor?: unknown } | undefined)?.cursor));
        },
        error: again,
        complete: () => again('complete'),
      },
    );
  }

  #hear(serial: number, cursor: string): void {
    const { account } = this;
    account.heard++;
    // In a row on one connection; a new one may begin with what was there before, and leaves nothing out.
    const expected = this.#last === null ? (this.serial ?? serial - 1) + 1 : this.#last + 1;
    if (serial > expected) {
      account.lost += serial - expected;
      this.#wrong(`${serial} instead of ${expected}`);
    }
    if (this.#last !== null && serial < expected)
      this.#wrong(`${serial} behind ${this.#last} on one connection`);
    if (this.serial !== null && serial <= this.serial) account.repeated++;
    if (serial <= this.#known) {
      account.forgotten++;
      this.#wrong(`${serial} again, which was acknowledged`);
    }
    this.#last = serial;
    this.serial = Math.max(this.serial ?? 0, serial);
    if (this.#dice.next() > 0.3 || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#asked.push(serial);
    this.#socket.send(JSON.stringify({ type: 'ping', payload: { ack: { durable: this.#name, cursor } } }));
  }

  #wrong(what: string): void {
    if (this.wrongs.length < 5) this.wrongs.push(`durable ${this.#name} of ${this.id}: ${what}`);
  }
}
