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
import { pick } from './http.ts';
import { OpenSocket, type SocketGround } from './open-socket.ts';
import { stagger } from './stagger.ts';
import { LastBytes } from './text-frame.ts';
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

export function openWebsocketDoor(options: WebsocketOptions): WebsocketDoor {
  const { server, path, settings, metrics, log } = options;
  const sockets = new Map<WebSocket, OpenSocket>();
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
    for (const [websocket, socket] of sockets) {
      // No pong since the last ping: nobody is there, or nobody reads.
      // Who is slow may have the ping still before him, and has a clock of his own.
      if (socket.slow) continue;
      if (!socket.alive) websocket.terminate();
      else {
        socket.alive = false;
        websocket.ping();
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

  const ground: SocketGround = {
    turns: new WriteTurns(),
    results: new LastBytes('}'),
    protocol: {
      operations: options.operations,
      maxEventsPerSecond: settings.maxEventsPerSecond,
      renew,
      initTimeoutMs: settings.initTimeoutMs,
      maxOperations: settings.maxPerSocket,
      log,
    },
    authenticate: options.authenticate,
    takePlace: async (claims) => options.quotas?.take('sockets', claims),
    maxUnreadMs: settings.maxUnreadMs,
    onTooSlow: () => slowClients.inc(),
  };
  const onError = (error: Error) => log.debug({ err: error }, 'a socket failed');

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
    const upgraded = {
      authorization: request.headers.authorization,
      forwarded: pick(request, options.forwardHeaders),
    };
    const socket = new OpenSocket(websocket, stream, upgraded, ground);
    sockets.set(websocket, socket);
    websocket.on('message', (data, isBinary) => {
      socket.alive = true;
      if (isBinary) websocket.close(CloseCode.BadRequest, 'Expected text');
      else socket.protocol.receive(String(data));
    });
    websocket.on('pong', () => {
      socket.alive = true;
    });
    // A protocol error of the client's; `close` follows.
    websocket.on('error', onError);
    websocket.on('close', () => {
      sockets.delete(websocket);
      socket.closed();
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
