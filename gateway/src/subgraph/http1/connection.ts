import type { Socket } from 'node:net';
import type { Watched } from '../watch.ts';
import { ConnectionError } from './connection-error.ts';
import type { WrittenRequest } from './request-head.ts';
import { type Response, ResponseReader } from './response-reader.ts';

/** Who waits for an answer. Exactly one of the two is called, once, unless the connection is abandoned before. */
export interface Asker {
  /** Must not throw. What it takes from the response it takes before it returns. */
  answered(response: Response): void;
  /** Must not throw. */
  failed(error: Error): void;
}

/** Who keeps connections. */
export interface Keeper {
  /** It can be asked again; `ms` for how long it says that it waits, -1 when it does not say. */
  idle(connection: Connection, ms: number): void;
  connected(connection: Connection): void;
  /** It cannot be asked any more. */
  ended(connection: Connection): void;
  /** It is closed. */
  closed(connection: Connection): void;
}

/** Opens a socket that reads into the buffer; `ready` is the event with which it can be written to. */
export type OpenSocket = (onread: {
  buffer: Buffer;
  callback: (bytes: number, buffer: Buffer) => boolean;
}) => { socket: Socket; ready: 'connect' | 'secureConnect' };

const readBytes = 16_384; // at once; each connection has so much

/** One connection, for one request at a time. */
export class Connection implements Watched {
  /** When connecting takes too long. */
  readonly until: number;
  readonly signal = undefined;
  watchedAt = -1;
  /** Until when the other side waits for another request, by `performance.now()`; the keeper's. */
  idleUntil = 0;
  readonly #socket: Socket;
  readonly #keeper: Keeper;
  readonly #reader: ResponseReader;
  #asker: Asker | null = null;
  /** What cannot be written yet. */
  #waiting: WrittenRequest | null = null;
  #ready = false;
  #ended = false;
  #answers = 0;
  /** Whether a byte of the answer has come. */
  #begun = false;

  constructor(open: OpenSocket, keeper: Keeper, maxBytes: number, connectUntil: number) {
    this.#keeper = keeper;
    this.#reader = new ResponseReader(maxBytes);
    this.until = connectUntil;
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    const { socket, ready } = open({ buffer, callback: (bytes, from) => this.#read(bytes, from) });
    this.#socket = socket;
    socket
      .once(ready, () => this.#connected())
      .on('end', () => this.#hungUp())
      .on('error', (error) => this.#end(error))
      .once('close', () => {
        this.#end();
        keeper.closed(this);
      });
  }

  /** Sends a request; only while there is no other. */
  ask(request: WrittenRequest, asker: Asker): void {
    this.#asker = asker;
    this.#begun = false;
    this.#reader.begin();
    if (this.#ready) this.#socket.ref().write(request.data, request.encoding);
    else this.#waiting = request;
  }

  /**
   * The asker waits for the answer no more: what may yet come of it must not be taken for another one. Somebody else, who
   * has asked since, is not disturbed.
   */
  abandon(asker: Asker): void {
    if (this.#asker !== asker) return;
    this.#asker = null;
    this.#end();
  }

  /** When it is not needed any more. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#keeper.ended(this);
    if (this.#socket.writableLength > 0) this.#socket.destroy();
    else this.#socket.destroySoon();
  }

  /** By the watch: it took too long to connect. */
  expired(): void {
    this.#end(new ConnectionError('CONNECT_TIMEOUT', 'Expected to be connected by now.'));
  }

  /** By the watch, and never: nobody's signal is looked at here. */
  abandoned(): void {}

  #connected(): void {
    this.#ready = true;
    this.#socket.setNoDelay(true).setKeepAlive(true, 60_000); // a minute
    this.#keeper.connected(this);
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting && !this.#ended) this.#socket.write(waiting.data, waiting.encoding);
  }

  #read(bytes: number, buffer: Buffer): boolean {
    if (this.#ended) return true;
    const asker = this.#asker;
    if (!asker) {
      // Nobody has asked: whatever this is, nobody shall take it for an answer.
      this.#end();
      return true;
    }
    this.#begun = true;
    const reader = this.#reader;
    let end: number;
    try {
      end = reader.read(buffer, bytes);
    } catch (error) {
      this.#end(error as Error);
      return true;
    }
    if (reader.over) this.#answered(asker, end === bytes);
    return true;
  }

  /** `clean`: nothing has come behind the answer. */
  #answered(asker: Asker, clean: boolean): void {
    const { head } = this.#reader;
    this.#asker = null;
    this.#answers++;
    // Where a request is answered before all of it is sent, its rest may yet be read as another one.
    const usable = clean && head.keptOpen && this.#socket.writableLength === 0;
    // First of all, since who is answered may make room for the next to ask.
    if (usable) {
      // One that nobody needs keeps no process alive.
      this.#socket.unref();
      this.#keeper.idle(this, head.keptOpenMs);
    } else this.close();
    asker.answered(this.#reader);
    this.#reader.clear();
  }

  #hungUp(): void {
    const asker = this.#asker;
    if (!asker || this.#ended) {
      this.#end();
      return;
    }
    try {
      this.#reader.end();
    } catch (error) {
      this.#end(error as Error);
      return;
    }
    this.#answered(asker, false);
  }

  #end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting = null;
    this.#keeper.ended(this);
    this.#socket.destroy();
    const asker = this.#asker;
    this.#asker = null;
    asker?.failed(this.#meaningOf(error));
  }

  #meaningOf(error: Error | undefined): Error {
    const cause =
      error ?? new ConnectionError('CONNECTION_LOST', 'Expected an answer, the connection ended.');
    const lost = 'code' in cause && (lostCodes as readonly unknown[]).includes(cause.code);
    if (!lost || this.#begun || this.#answers === 0) return cause;
    const message = 'Expected an answer, a connection that was used before ended.';
    return new ConnectionError('CONNECTION_STALE', message, { cause });
  }
}

const lostCodes = ['CONNECTION_LOST', 'ECONNRESET', 'EPIPE'] as const;
