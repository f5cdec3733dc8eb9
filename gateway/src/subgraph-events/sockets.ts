import { type Client, CloseCode, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { SubgraphSettings } from '../config/subgraph-settings.ts';
import { readErrors } from '../subgraph/read-answer.ts';
import { isPassing, lost, misunderstood } from './lost.ts';
import { readEvent } from './read-event.ts';
import type { OpenUpstream, Upstream, UpstreamEnd, UpstreamListener, UpstreamRequest } from './upstream.ts';

/**
 * graphql-transport-ws: one socket for all subscriptions with the same credentials, as long as there are any. `next` is
 * the URL to connect to.
 */
export function sockets(subgraph: string, next: () => string, settings: SubgraphSettings): OpenUpstream {
  const open = new Map<string, Socket>();
  return (request, listener) => {
    const { credentials } = request;
    let socket = open.get(credentials);
    if (!socket) {
      const made = new Socket(subgraph, next().replace(/^http/, 'ws'), settings, request.headers, () => {
        if (open.get(credentials) === made) open.delete(credentials);
      });
      socket = made;
      open.set(credentials, made);
    }
    return socket.subscribe(request, listener);
  };
}

/** Closes by which a server says that asking again is of no use. */
const final = new Set<number>([
  CloseCode.InternalClientError,
  CloseCode.BadRequest,
  CloseCode.BadResponse,
  CloseCode.Unauthorized,
  CloseCode.Forbidden,
  CloseCode.SubprotocolNotAcceptable,
  CloseCode.SubscriberAlreadyExists,
  CloseCode.TooManyInitialisationRequests,
]);

/** One connection, for once: whoever has lost it asks for another. */
class Socket {
  readonly #subgraph: string;
  readonly #client: Client;
  readonly #onOver: () => void;
  #users = 0;
  #connected = false;
  /** Why it is over. */
  #end: UpstreamEnd | undefined;
  #pong: NodeJS.Timeout | undefined;
  #socket: WebSocket | undefined;
  /** What is done when the subgraph answers its pings, in their order. */
  readonly #pings: (() => void)[] = [];

  constructor(
    subgraph: string,
    url: string,
    settings: SubgraphSettings,
    headers: Readonly<Record<string, string>>,
    onOver: () => void,
  ) {
    this.#subgraph = subgraph;
    this.#onOver = onOver;
    const { keepAliveMs } = settings.subscriptions;
    // Some servers look for who asks at the handshake, others at what the client introduces itself with.
    const { accept: _, 'content-type': __, ...credentials } = headers;
    const made = (socket: WebSocket) => {
      this.#socket = socket;
    };
    this.#client = createClient({
      url,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocol: string) {
          super(address, protocol, {
            headers: credentials,
            handshakeTimeout: settings.connectTimeoutMs,
            maxPayload: settings.maxResponseBytes,
            perMessageDeflate: false,
          });
          made(this);
        }
      },
      connectionParams: credentials,
      connectionAckWaitTimeout: settings.timeoutMs,
      keepAlive: keepAliveMs,
      // A connection that is lost must not come back unnoticed.
      retryAttempts: 0,
      on: {
        connected: () => {
          this.#connected = true;
        },
        ping: (received) => {
          if (received) return;
          this.#pings.push(() => undefined);
          this.#pong = setTimeout(() => this.#socket?.terminate(), keepAliveMs);
        },
        pong: (received) => {
          if (!received) return;
          clearTimeout(this.#pong);
          this.#pings.shift()?.();
        },
        error: (error) => this.#over(this.#failed(error)),
        closed: (event) => this.#over(this.#closed(event as { code: number; reason: string })),
      },
    });
  }

  subscribe({ body }: UpstreamRequest, listener: UpstreamListener): Upstream {
    this.#users++;
    let over = false;
    const leave = () => {
      over = true;
      this.#users--;
      // It closes by itself now; whoever comes meanwhile gets another one.
      if (this.#users === 0) this.#onOver();
    };
    const end = (how: UpstreamEnd) => {
      if (over) return;
      leave();
      listener.ended(how);
    };
    let opened = false;
    const open = () => {
      if (over || opened) return;
      opened = true;
      listener.opened();
    };
    const unlisten = this.#connected ? null : this.#client.on('connected', () => this.#whenRead(open));
    const unsubscribe = this.#client.subscribe(JSON.parse(body), {
      next: (result) => {
        if (over) return;
        open();
        const read = readEvent(this.#subgraph, result);
        if (!read.end) {
          listener.event(read.event);
          return;
        }
        end(read.end);
        unsubscribe();
      },
      error: (reason) => {
        unlisten?.();
        end(
          Array.isArray(reason)
            ? { kind: 'errors', errors: readErrors(this.#subgraph, reason) }
            : (this.#end ?? this.#failed(reason)),
        );
      },
      complete: () => {
        unlisten?.();
        end(this.#end ?? { kind: 'complete' });
      },
    });
    if (this.#connected) this.#whenRead(open);
    return {
      close: () => {
        if (over) return;
        leave();
        unlisten?.();
        unsubscribe();
      },
    };
  }

  /** When the subgraph has read what is sent in this turn: the protocol has no other answer to a subscription. */
  #whenRead(callback: () => void): void {
    setImmediate(() => {
      if (this.#end || this.#socket?.readyState !== WebSocket.OPEN) return;
      this.#pings.push(callback);
      this.#socket.send('{"type":"ping"}');
    });
  }

  /** The client tells its subscribers next, and asks for no other connection. */
  #over(end: UpstreamEnd): void {
    this.#end ??= end;
    clearTimeout(this.#pong);
    this.#onOver();
    // It waits for a connection that is not coming.
    void Promise.resolve(this.#client.dispose()).catch(() => {});
  }

  #failed(error: unknown): UpstreamEnd {
    const message = String((error as { message?: unknown } | null)?.message ?? error);
    const status = Number(/^Unexpected server response: (\d+)$/.exec(message)?.[1]);
    const foreign =
      /subprotocol|Sec-WebSocket|Invalid Upgrade|message cannot be|Message is|Invalid WebSocket frame/i;
    if ((status && !isPassing(status)) || foreign.test(message)) {
      return misunderstood(this.#subgraph, 'graphql-transport-ws', message, error);
    }
    return lost(this.#subgraph, 'the connection broke', error);
  }

  #closed({ code, reason }: { code: number; reason: string }): UpstreamEnd {
    const how = `a close with ${code}${reason ? ` (${reason.slice(0, 80)})` : ''}`;
    return final.has(code)
      ? misunderstood(this.#subgraph, 'graphql-transport-ws', how)
      : lost(this.#subgraph, `it came to ${how}`);
  }
}
