import type { Claims } from '@alexandrite/auth/token';
import type { Log } from '@alexandrite/telemetry/log';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { GraphQLError } from 'graphql';
import { CloseCode, MessageType } from 'graphql-ws';
import type { Caller } from '../caller/caller.ts';
import { type IsRevoked, tokenRevoked } from '../caller/revocations.ts';
import { type OperationRequest, type Operations, readOperationRequest } from '../engine/operations.ts';
import { formatError, gatewayError } from '../errors.ts';
import { isObject, type JsonObject } from '../execute/json.ts';
import { ConnectionPace } from './connection-pace.ts';
import { type OperationConnection, SocketOperation } from './socket-operation.ts';
import type { Bytes } from './text-frame.ts';

/** The socket below the protocol. */
export interface ProtocolSocket {
  send(text: string): void;
  /** A message whose last member is a result, given to many as the same string; `before` is bytes as characters. */
  sendResult(before: Bytes, json: string): void;
  /** Calls back when all that was sent has left this process, or never will. */
  whenSent(callback: () => void): void;
  close(code: number, reason: string): void;
  /** Whether the client keeps up. */
  writable(): boolean;
  /** Who it is, by the payload of `connection_init`. Rejects with a GraphQLError. */
  connect(payload: JsonObject): Promise<Caller>;
}

export interface ProtocolOptions {
  operations: Operations;
  /** Who it is by another `Authorization`, on a connection that stands. Rejects with a GraphQLError. */
  renew: (authorization: string) => Promise<Claims | null>;
  initTimeoutMs: number;
  maxOperations: number;
  /** Messages of subscriptions; undefined: as many as the client reads. */
  maxEventsPerSecond: number | undefined;
  log: Log;
}

type State =
  | { phase: 'new' }
  | { phase: 'connecting' }
  | { phase: 'open'; caller: Caller }
  | { phase: 'closed' };

/** Names of headers are written in any case, also by hand. */
export function authorizationOf(payload: JsonObject): string | undefined {
  for (const [name, value] of Object.entries(payload)) {
    if (name.toLowerCase() === 'authorization' && typeof value === 'string') return value;
  }
  return undefined;
}

/** The server's side of one `graphql-transport-ws` connection. */
export class GraphqlTransportWs implements OperationConnection {
  readonly #socket: ProtocolSocket;
  readonly #options: ProtocolOptions;
  readonly #running = new Map<string, SocketOperation>();
  #initTimer: NodeJS.Timeout | undefined;
  #state: State = { phase: 'new' };
  /** Operations that have not been answered, or have not begun to be. */
  #answering = 0;
  readonly #pace: ConnectionPace | undefined;
  #leaving = false;
  #renewing = false;
  #acknowledging = 0;
  /** What the client was told last. */
  #stale = false;

  constructor(socket: ProtocolSocket, options: ProtocolOptions) {
    this.#socket = socket;
    this.#options = options;
    const { maxEventsPerSecond } = options;
    if (maxEventsPerSecond !== undefined) {
      this.#pace = new ConnectionPace(maxEventsPerSecond, () => this.drain());
    }
    this.#initTimer = setTimeout(() => {
      this.#close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
    }, options.initTimeoutMs);
  }

  get operations(): number {
    return this.#running.size;
  }

  get isOpen(): boolean {
    return this.#state.phase === 'open';
  }

  get isReady(): boolean {
    return (this.#pace?.ready ?? true) && this.#socket.writable();
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  sendResult(before: Bytes, json: string): void {
    this.#pace?.passed();
    this.#socket.sendResult(before, json);
  }

  whenSent(callback: () => void): void {
    this.#socket.whenSent(callback);
  }

  tellStale(stale: boolean): void {
    // In the one message that every client may be sent at any time.
    if (stale === this.#stale || !this.#socket.writable()) return;
    this.#stale = stale;
    this.#socket.send(`{"type":"ping","payload":{"stale":${stale}}}`);
  }

  forget(operation: SocketOperation): void {
    if (this.#running.get(operation.id) === operation) this.#running.delete(operation.id);
  }

  /** A message has come. */
  receive(text: string): void {
    if (this.#state.phase === 'closed') return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.#close(CloseCode.BadRequest, 'Expected JSON');
      return;
    }
    if (!isObject(message)) {
      this.#close(CloseCode.BadRequest, 'Expected a JSON object');
      return;
    }
    switch (message.type) {
      case MessageType.ConnectionInit:
        this.#init(message.payload);
        return;
      case MessageType.Ping:
        this.#ping(message.payload);
        return;
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        this.#subscribe(message);
        return;
      case MessageType.Complete:
        if (typeof message.id !== 'string') this.#close(CloseCode.BadRequest, 'Expected an id');
        else this.#stop(message.id);
        return;
      default:
        this.#close(CloseCode.BadRequest, 'Unknown type of message');
    }
  }

  /** The client reads again. */
  drain(): void {
    for (const { subscription } of this.#running.values()) subscription?.drain();
  }

  /**
   * Says goodbye, as soon as every answer under way has been given: a mutation that is cut off is done twice by a client
   * that comes back. What is asked meanwhile is left to the next gateway, which will be asked again.
   */
  leave(): void {
    this.#leaving = true;
    if (this.#answering === 0) this.#close(goingAway, 'Going away');
  }

  /** Ends it if the token was revoked; clients may come back with another one. */
  endIfRevoked(isRevoked: IsRevoked): void {
    if (this.#state.phase !== 'open') return;
    const { claims } = this.#state.caller;
    if (!claims || !isRevoked(claims)) return;
    const error = tokenRevoked();
    for (const operation of this.#running.values()) this.#socket.send(operation.errorMessage([error]));
    this.#close(CloseCode.Forbidden, `${String(error.extensions.code)}: ${error.message}`);
  }

  /** The socket is closed. */
  closed(): void {
    if (this.#state.phase === 'closed') return;
    this.#state = { phase: 'closed' };
    clearTimeout(this.#initTimer);
    this.#pace?.stop();
    for (const id of [...this.#running.keys()]) this.#stop(id);
  }

  #init(payload: unknown): void {
    if (this.#state.phase !== 'new') {
      this.#close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
      return;
    }
    if (payload !== undefined && payload !== null && !isObject(payload)) {
      this.#close(CloseCode.BadRequest, 'Expected the payload of connection_init to be an object');
      return;
    }
    this.#state = { phase: 'connecting' };
    this.#socket.connect(payload ?? {}).then(
      (caller) => {
        if (this.#state.phase !== 'connecting') return;
        clearTimeout(this.#initTimer);
        this.#initTimer = undefined;
        this.#state = { phase: 'open', caller };
        this.#socket.send(ack);
      },
      (error: unknown) => {
        if (error instanceof GraphQLError) {
          const { code } = error.extensions;
          this.#close(
            code === 'TOO_MANY' ? tooMany : CloseCode.Forbidden,
            `${String(code)}: ${error.message}`,
          );
          return;
        }
        this.#options.log.error({ err: error }, 'a connection could not be initialised');
        this.#close(CloseCode.InternalServerError, 'Internal server error');
      },
    );
  }

  #ping(payload: unknown): void {
    // Who does not read must not fill our memory with answers.
    if (!this.#socket.writable()) return;
    const authorization = isObject(payload) ? authorizationOf(payload) : undefined;
    const acknowledged = isObject(payload) && isObject(payload.ack) ? payload.ack : undefined;
    if (authorization === undefined && !acknowledged) {
      this.#socket.send(pongWith(payload));
      return;
    }
    const answering =
      authorization === undefined ? this.#acknowledge(acknowledged!) : this.#renew(authorization);
    answering.then(
      (answer) => {
        if (this.#state.phase !== 'closed') this.#socket.send(pongWith(answer));
      },
      (error: unknown) => {
        this.#options.log.error({ err: error }, 'a ping could not be answered');
        this.#close(CloseCode.InternalServerError, 'Internal server error');
      },
    );
  }

  /** What a durable subscriber has handled. Resolves with what the pong says. */
  async #acknowledge(what: JsonObject): Promise<JsonObject> {
    try {
      if (this.#state.phase !== 'open') {
        throw gatewayError('UNAUTHENTICATED', 'Expected connection_init before an acknowledgement.');
      }
      if (this.#acknowledging >= maxAcknowledging) {
        throw gatewayError('TOO_MANY', `Expected at most ${maxAcknowledging} acknowledgements at a time.`);
      }
      this.#acknowledging++;
      await this.#options.operations.acknowledge(this.#state.caller, what).finally(() => {
        this.#acknowledging--;
      });
      return { acknowledged: what.cursor };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { errors: [formatError(error)] };
    }
  }

  /** A fresher token on the open socket; one that is refused changes nothing. Resolves with what the pong says. */
  async #renew(authorization: string): Promise<JsonObject> {
    try {
      if (this.#renewing) throw gatewayError('TOO_MANY', 'Expected one token at a time.');
      if (this.#state.phase !== 'open') {
        throw gatewayError('UNAUTHENTICATED', 'Expected connection_init before another token.');
      }
      this.#renewing = true;
      const claims = await this.#options.renew(authorization).finally(() => {
        this.#renewing = false;
      });
      if (this.#state.phase !== 'open') return {};
      const caller = { ...this.#state.caller, claims };
      this.#state = { phase: 'open', caller };
      for (const { subscription } of [...this.#running.values()]) subscription?.renew?.(caller);
      return { expiresAt: claims && new Date(claims.exp * 1_000).toISOString() };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { errors: [formatError(error)] };
    }
  }

  #subscribe({ id, payload }: JsonObject): void {
    if (typeof id !== 'string' || id === '' || !isObject(payload)) {
      this.#close(CloseCode.BadRequest, 'Expected subscribe with an id and a payload');
      return;
    }
    if (this.#state.phase !== 'open') {
      this.#close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    if (!this.#socket.writable()) {
      this.#close(policyViolation, 'Expected the client to read before it asks for more');
      return;
    }
    if (this.#leaving) return;
    if (this.#running.has(id)) {
      this.#close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id.slice(0, 80)} already exists`);
      return;
    }
    const operation = new SocketOperation(id, this);
    if (this.#running.size >= this.#options.maxOperations) {
      operation.end([
        gatewayError(
          'TOO_MANY',
          `Expected at most ${this.#options.maxOperations} operations at a time on a socket.`,
        ),
      ]);
      return;
    }
    let request: OperationRequest;
    try {
      request = readOperationRequest(payload);
    } catch (error) {
      operation.end([error as GraphQLError]);
      return;
    }
    this.#running.set(id, operation);
    this.#answering++;
    const caller: Caller = { ...this.#state.caller, signal: operation };
    const { traceparent } = request.extensions;
    tracer
      .handle('WS /graphql', typeof traceparent === 'string' ? traceparent : undefined, asServer, () =>
        this.#options.operations.run(request, caller, operation, (subscription) => {
          operation.subscription = subscription;
          // The token was renewed while it was found out what he wants.
          const { caller: now } = this.#state.phase === 'open' ? this.#state : { caller };
          if (now.claims !== caller.claims) subscription.renew?.(now);
        }),
      )
      .catch((error: unknown) => {
        this.#options.log.error({ err: error }, 'an operation over a socket failed');
      })
      .finally(() => {
        this.#answering--;
        if (this.#leaving) this.leave();
      });
  }

  #stop(id: string): void {
    const operation = this.#running.get(id);
    this.#running.delete(id);
    operation?.abort();
  }

  #close(code: number, reason: string): void {
    if (this.#state.phase === 'closed') return;
    // A close frame has room for 123 bytes.
    this.#socket.close(code, Buffer.from(reason).subarray(0, 123).toString().replace(/�+$/, ''));
    this.closed();
  }
}

const tracer = tracerOf('gateway');
const asServer = { kind: 'server', attributes: { 'network.protocol.name': 'websocket' } } as const;
/** Clients come back. */
const goingAway = 1001;
const policyViolation = 1008;
/** Acknowledgements of one socket that are being stored. */
const maxAcknowledging = 64;
/** As for `TooManyInitialisationRequests`: clients do not come back by themselves. */
const tooMany = 4429;
const ack = JSON.stringify({ type: MessageType.ConnectionAck });

function pongWith(payload: unknown): string {
  return JSON.stringify(isObject(payload) ? { type: MessageType.Pong, payload } : { type: MessageType.Pong });
}
