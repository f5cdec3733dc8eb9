import type { Duplex } from 'node:stream';
import type { Claims } from '@alexandrite/auth/token';
import type { WebSocket } from 'ws';
import type { Authenticate } from '../caller/authenticate.ts';
import type { Caller } from '../caller/caller.ts';
import type { JsonObject } from '../execute/json.ts';
import {
  authorizationOf,
  GraphqlTransportWs,
  type ProtocolOptions,
  type ProtocolSocket,
} from './graphql-transport-ws.ts';
import { SocketWriter } from './socket-writer.ts';
import { type Bytes, bytesOf, type LastBytes } from './text-frame.ts';
import type { WriteTurns } from './write-turns.ts';

/** Closes whoever reads nothing; clients come back on it, and resume where they were. */
const tooSlow = 4420;
/** What may wait in a socket before its client counts as slow. */
const maxWaitingBytes = 1_048_576; // 1 MiB

/** What all sockets of a door have in common. */
export interface SocketGround {
  turns: WriteTurns;
  results: LastBytes;
  protocol: ProtocolOptions;
  authenticate: Authenticate;
  /** Takes a place of the client's quota; resolves with what gives it back. Rejects with a GraphQLError. */
  takePlace(claims: Claims | null): Promise<(() => void) | undefined>;
  /** How long a client may read nothing while something waits for him. */
  maxUnreadMs: number;
  onTooSlow(): void;
}

/** What of the request for a WebSocket matters later. */
export interface Upgraded {
  authorization: string | undefined;
  forwarded: Caller['forwarded'];
}

/** One client's socket. There are very many, and most do nothing most of the time: it holds little. */
export class OpenSocket implements ProtocolSocket {
  readonly protocol: GraphqlTransportWs;
  /** Whether anything has come since the last ping. */
  alive = true;
  /** Whether too much waits for the client. */
  slow = false;
  readonly #ground: SocketGround;
  readonly #websocket: WebSocket;
  readonly #writer: SocketWriter;
  #upgraded: Upgraded | undefined;
  /** While the client is slow; begun anew with whatever he reads. */
  #unread: NodeJS.Timeout | undefined;
  #giveBack: (() => void) | undefined;
  #closed = false;

  constructor(websocket: WebSocket, stream: Duplex, upgraded: Upgraded, ground: SocketGround) {
    this.#ground = ground;
    this.#websocket = websocket;
    this.#upgraded = upgraded;
    this.#writer = new SocketWriter(websocket, stream, ground.turns, () => this.#sent());
    this.protocol = new GraphqlTransportWs(this, ground.protocol);
  }

  send(text: string): void {
    this.#writer.write('', bytesOf(text));
  }

  sendResult(before: Bytes, json: string): void {
    this.#writer.write(before, this.#ground.results.of(json));
  }

  whenSent(callback: () => void): void {
    this.#writer.whenFlushed(callback);
  }

  close(code: number, reason: string): void {
    this.#writer.flush();
    this.#websocket.close(code, reason);
  }

  writable(): boolean {
    const full = this.#writer.waiting > maxWaitingBytes;
    // Until half of it is read: those who wait for that are told only then.
    if (full && !this.slow) {
      this.slow = true;
      this.#unread = setTimeout(() => this.#cutOff(), this.#ground.maxUnreadMs);
      this.#unread.unref();
    }
    return !full;
  }

  async connect(payload: JsonObject): Promise<Caller> {
    const { authorization, forwarded } = this.#upgraded!;
    this.#upgraded = undefined;
    const shown = authorizationOf(payload) ?? authorization;
    this.#giveBack = await this.#ground.takePlace(await this.#ground.authenticate(shown));
    // It was closed meanwhile.
    if (this.#closed) this.#giveBack?.();
    // Or the token was revoked, when there was no open socket to end yet.
    const claims = await this.#ground.authenticate(shown);
    return { claims, forwarded, signal: undefined };
  }

  /** The WebSocket is closed. */
  closed(): void {
    this.#closed = true;
    this.#giveBack?.();
    clearTimeout(this.#unread);
    this.#unread = undefined;
    this.protocol.closed();
  }

  #sent(): void {
    if (!this.slow) return;
    if (this.#writer.waiting > maxWaitingBytes / 2) {
      this.#unread?.refresh();
      return;
    }
    this.slow = false;
    // Not taken for silent because of a ping that was late.
    this.alive = true;
    clearTimeout(this.#unread);
    this.#unread = undefined;
    this.protocol.drain();
  }

  #cutOff(): void {
    this.#unread = undefined;
    this.#ground.onTooSlow();
    this.close(tooSlow, 'Expected the client to read');
    this.protocol.closed();
  }
}
