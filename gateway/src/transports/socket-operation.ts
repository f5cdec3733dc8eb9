import type { GraphQLError } from 'graphql';
import type { CallerSignal } from '../caller/caller-signal.ts';
import { formatError } from '../errors.ts';
import type { Sink, Subscription } from '../subscriptions/subscriber.ts';
import { type Bytes, bytesOf } from './text-frame.ts';

/** The connection as its operations see it. */
export interface OperationConnection {
  readonly isOpen: boolean;
  /** Whether the client takes more messages. */
  readonly isReady: boolean;
  send(text: string): void;
  sendResult(before: Bytes, json: string): void;
  whenSent(callback: () => void): void;
  /** Whether what the client knows may be old; told once for all operations. */
  tellStale(stale: boolean): void;
  forget(operation: SocketOperation): void;
}

/**
 * The client's end of one operation, and whether he still wants it. It is silent once he does not: the id may be used
 * again. There are as many as clients, so they have no closures.
 */
export class SocketOperation implements Sink, CallerSignal {
  readonly id: string;
  subscription: Subscription | undefined;
  aborted = false;
  readonly #connection: OperationConnection;
  /** What stands before each result. */
  readonly #before: Bytes;
  #onAbort: (() => void)[] | undefined;

  constructor(id: string, connection: OperationConnection) {
    this.id = id;
    this.#connection = connection;
    this.#before = bytesOf(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  }

  writable(): boolean {
    return this.#connection.isReady;
  }

  write(json: string): void {
    if (this.#isWanted) this.#connection.sendResult(this.#before, json);
  }

  whenSent(callback: () => void): void {
    this.#connection.whenSent(callback);
  }

  stale(stale: boolean): void {
    if (this.#isWanted) this.#connection.tellStale(stale);
  }

  end(errors: readonly GraphQLError[] | null): void {
    if (!this.#isWanted) return;
    this.#connection.send(errors ? this.errorMessage(errors) : `{"id":${this.#quotedId},"type":"complete"}`);
    this.#connection.forget(this);
  }

  errorMessage(errors: readonly GraphQLError[]): string {
    const payload = JSON.stringify(errors.map(formatError));
    return `{"id":${this.#quotedId},"type":"error","payload":${payload}}`;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.aborted) return;
    this.#onAbort ??= [];
    this.#onAbort.push(listener);
  }

  /** The client has left, or does not want it any more. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    const listeners = this.#onAbort ?? [];
    this.#onAbort = undefined;
    for (const listener of listeners) listener();
    this.subscription?.close();
  }

  get #isWanted(): boolean {
    return !this.aborted && this.#connection.isOpen;
  }

  get #quotedId(): string {
    return JSON.stringify(this.id);
  }
}
