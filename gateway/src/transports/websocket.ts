import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Claims } from '@alexandrite/auth/token';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticate } from '../caller/authenticate.ts';
import type { IsRevoked } from '../caller/revocations.ts';
import type { Operations } from '../engine/operations.ts';
import type { Quotas } from '../quotas/quotas.ts';
import { authorizationOf, GraphqlTransportWs } from './graphql-transport-ws.ts';
import { pick } from './http.ts';
import { SocketWriter } from './socket-writer.ts';
import { stagger } from './stagger.ts';
import { bytesOf, LastBytes } from './text-frame.ts';
import { WriteTurns } from './write-turns.ts';

export interface WebsocketOptions {
  server: Server;
  path: string;
  operations: Operations;
  authenticate: Authenticate;
  /** Absent where nobody has a quota. */
  quotas: Quotas | undefined;
  forwardHeaders: readonly string[];
  settings: {
    maxSockets: number;
    maxPerSocket: number;
    maxEventsPerSecond: number | undefined;
    maxMessageBytes: number;
    initTimeoutMs: number;
    keepAliveMs: number;
    maxUnreadMs: number;
    drainMs: number;
  };
  metrics: Metrics;
  log: Log;
}

/** Closes whoever reads nothing; clients come back on it, and resume where they were. */
const tooSlow = 4420;
/** What may wait in a socket before its client counts as slow. */
const maxWaitingBytes = 1_048_576; // 1 MiB
/** What `subscriptions-transport-ws`, given up by its makers, asks for. */
const legacyProtocol = 'graphql-ws';

/** For the last answers and goodbyes, once everybody was told to go. */
const goodbyeMs = 2_000; // 2 seconds

/** The WebSocket door. Closing it says goodbye to one after another with 1001, on which clients connect again. */
export interface WebsocketDoor extends AsyncDisposable {
  readonly sockets: number;
  /** Ends the connections whose token was revoked. */
  endRevoked(isRevoked: IsRevoked): void;
}

interface OpenSocket {
  /** `alive`: whether anything has come since the last ping; `slow`: whether too much waits for the client. */
  state: { alive: boolean; slow: boolean };
  protocol: GraphqlTransportWs;
}

export function openWebsocketDoor(options: WebsocketOptions): WebsocketDoor {
  const { server, path, settings, metrics, log } = options;
  const sockets = new Map<WebSocket, OpenSocket>();
  const turns = new WriteTurns();
  const results = new LastBytes('}');
  let closing: Promise<void> | undefined;
  metrics.gauge({
    name: 'gateway_sockets',
    help: 'Open WebSockets.',
    collect() {
      this.set(sockets.size);
    },
  });
  const slowClients = metrics.counter({
    name: 'gateway_slow_sockets_closed_total',
    help: 'WebSockets closed since their clients read nothing.',
  });
  const renewals = metrics.counter({
    name: 'gateway_token_renewals_total',
    help: 'Tokens that came on an open socket, by outcome.',
    labelNames: ['outcome'],
  });
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: settings.maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (protocols) =>
      [GRAPHQL_TRANSPORT_WS_PROTOCOL, legacyProtocol].find((known) => protocols.has(known)) ?? false,
  });

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if ((request.url ?? '').split('?', 1)[0] !== path) return refuseUpgrade(socket, '404 Not Found');
    if (closing || sockets.size >= settings.maxSockets)
      return refuseUpgrade(socket, '503 Service Unavailable');
    upgrades.handleUpgrade(request, socket, head, (websocket) => open(websocket, socket, request));
  };
  server.on('upgrade', onUpgrade);

  const keepAlive = setInterval(() => {
    for (const [socket, { state }] of sockets) {
      // No pong since the last ping: nobody is there, or nobody reads.
      // Who is slow may have the ping still before him, and has a clock of his own.
      if (state.slow) continue;
      if (!state.alive) socket.terminate();
      else {
        state.alive = false;
        socket.ping();
      }
    }
  }, settings.keepAliveMs);
  keepAlive.unref();

  async function renew(authorization: string): Promise<Claims | null> {
    try {
      const claims = await options.authenticate(authorization);
      renewals.inc({ outcome: 'taken' });
      return claims;
    } catch (error) {
      renewals.inc({ outcome: 'refused' });
      throw error;
    }
  }

  function open(websocket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    if (websocket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      const message = `Expected the subprotocol ${GRAPHQL_TRANSPORT_WS_PROTOCOL} (npm: graphql-ws)`;
      // In the words of the old protocol, whose client shows nobody why it was closed.
      if (websocket.protocol === legacyProtocol) {
        websocket.send(JSON.stringify({ type: 'connection_error', payload: { message } }));
      }
      websocket.close(CloseCode.SubprotocolNotAcceptable, message);
      return;
    }
    const state = { alive: true, slow: false };
    let giveBack: (() => void) | undefined;
    /** While the client is slow; begun anew with whatever he reads. */
    let unread: NodeJS.Timeout | undefined;
    const onSent = () => {
      if (!state.slow) return;
      if (writer.waiting > maxWaitingBytes / 2) {
        unread?.refresh();
        return;
      }
      state.slow = false;
      // Not taken for silent because of a ping that was late.
      state.alive = true;
      clearTimeout(unread);
      unread = undefined;
      protocol.drain();
    };
    const cutOff = () => {
      unread = undefined;
      slowClients.inc();
      writer.flush();
      websocket.close(tooSlow, 'Expected the client to read');
      protocol.closed();
    };
    const writer = new SocketWriter(websocket, stream, turns, onSent);
    const protocol = new GraphqlTransportWs(
      {
        send: (text) => writer.write('', bytesOf(text)),
        sendResult: (before, json) => writer.write(before, results.of(json)),
        close(code, reason) {
          writer.flush();
          websocket.close(code, reason);
        },
        whenSent: (callback) => writer.whenFlushed(callback),
        writable() {
          const full = writer.waiting > maxWaitingBytes;
          // Until half of it is read: those who wait for that are told only then.
          if (full && !state.slow) {
            state.slow = true;
            unread = setTimeout(cutOff, settings.maxUnreadMs);
            unread.unref();
          }
          return !full;
        },
      },
      {
        operations: options.operations,
        connect: async (payload) => {
          const claims = await options.authenticate(
            authorizationOf(payload) ?? request.headers.authorization,
          );
          giveBack = await options.quotas?.take('sockets', claims);
          // It was closed meanwhile.
          if (!sockets.has(websocket)) giveBack?.();
          return { claims, forwarded: pick(request, options.forwardHeaders), signal: undefined };
        },
        maxEventsPerSecond: settings.maxEventsPerSecond,
        renew,
        initTimeoutMs: settings.initTimeoutMs,
        maxOperations: settings.maxPerSocket,
        log,
      },
    );
    sockets.set(websocket, { state, protocol });
    websocket.on('message', (data, isBinary) => {
      state.alive = true;
      if (isBinary) websocket.close(CloseCode.BadRequest, 'Expected text');
      else protocol.receive(String(data));
    });
    websocket.on('pong', () => {
      state.alive = true;
    });
    // A protocol error of the client's; `close` follows.
    websocket.on('error', (error) => log.debug({ err: error }, 'a socket failed'));
    websocket.on('close', () => {
      sockets.delete(websocket);
      giveBack?.();
      clearTimeout(unread);
      unread = undefined;
      protocol.closed();
    });
  }

  async function close(): Promise<void> {
    clearInterval(keepAlive);
    const leaving = [...sockets];
    const gone = Promise.all(
      leaving.map(([socket]) => new Promise((resolve) => socket.once('close', resolve))),
    );
    await stagger(leaving, settings.drainMs, ([, { protocol }]) => protocol.leave());
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, goodbyeMs);
    await Promise.race([gone, late.promise]);
    clearTimeout(timer);
    for (const socket of sockets.keys()) socket.terminate();
    server.off('upgrade', onUpgrade);
  }

  return {
    get sockets() {
      return sockets.size;
    },
    endRevoked(isRevoked) {
      for (const { protocol } of [...sockets.values()]) protocol.endIfRevoked(isRevoked);
    },
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
