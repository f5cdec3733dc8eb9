import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { type Bytes, frameHeader } from './text-frame.ts';
import type { WriteTurns } from './write-turns.ts';

/**
 * Writes texts into a WebSocket that does not compress. What comes before its turn is written with one call of the system:
 * that is what a message to many clients costs.
 */
export class SocketWriter {
  readonly #websocket: WebSocket;
  /** Below the WebSocket, which has nothing of its own waiting. */
  readonly #socket: Duplex;
  readonly #turns: WriteTurns;
  /** Called whenever the client has taken something. */
  readonly #onSent: () => void;
  #pending: Bytes = '';
  #onFlushed: (() => void)[] | undefined;

  constructor(websocket: WebSocket, socket: Duplex, turns: WriteTurns, onSent: () => void) {
    this.#websocket = websocket;
    this.#socket = socket;
    this.#turns = turns;
    this.#onSent = onSent;
  }

  /** Bytes that the client has not taken. */
  get waiting(): number {
    return this.#pending.length + this.#socket.writableLength;
  }

  /** One message, of two pieces. */
  write(head: Bytes, tail: Bytes): void {
    if (this.#websocket.readyState !== this.#websocket.OPEN) return;
    if (this.#pending === '') this.#turns.add(this);
    this.#pending += frameHeader(head.length + tail.length) + head + tail;
  }

  /** Calls back when all that was written has gone out, or never will. */
  whenFlushed(callback: () => void): void {
    if (this.#pending === '') callback();
    else {
      this.#onFlushed ??= [];
      this.#onFlushed.push(callback);
    }
  }

  flush(): void {
    const pending = this.#pending;
    if (pending === '') return;
    this.#pending = '';
    // Nothing may follow a close frame.
    if (this.#websocket.readyState === this.#websocket.OPEN) {
      this.#socket.write(pending, 'latin1', this.#onSent);
    }
    const flushed = this.#onFlushed;
    this.#onFlushed = undefined;
    for (const callback of flushed ?? []) callback();
  }
}
