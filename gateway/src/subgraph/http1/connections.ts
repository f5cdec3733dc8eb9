import { connect, isIP } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { Watch } from '../watch.ts';
import { type Asker, Connection, type Keeper, type OpenSocket } from './connection.ts';
import { ConnectionError } from './connection-error.ts';
import { requestLines, writtenRequest } from './request-head.ts';

export interface ConnectionsOptions {
  /** How long it may take to connect, in milliseconds. */
  connectTimeoutMs: number;
  /** The largest body of an answer. */
  maxResponseBytes: number;
  /** Beside Node's own, for https. */
  tls?: ConnectionOptions;
}

const idleMs = 4_000; // 4 seconds: below the 5 after which Node's servers hang up
const hintMarginMs = 2_000; // before the other side hangs up, as it says
const maxIdleMs = 600_000; // 10 minutes
const sweepEveryMs = 1_000;

/**
 * The connections to one URL, each for one request at a time; the one used last is used next, and those that are not
 * needed are closed. How many there may be is for the gate before them to say.
 */
export class Connections implements AsyncDisposable, Keeper {
  readonly #options: ConnectionsOptions;
  readonly #open: OpenSocket;
  readonly #lines: string;
  readonly #watch = new Watch();
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  #sweeper: NodeJS.Timeout | undefined;
  #closing: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(url: URL, options: ConnectionsOptions) {
    this.#options = options;
    this.#lines = requestLines(url);
    this.#open = url.protocol === 'https:' ? overTls(url, options.tls) : overTcp(url);
  }

  /**
   * Posts. Gives what has to be abandoned when nobody waits any more; null when the asker has heard already that it is too
   * late. `headers` is what `headerLines` gives; `fresh`: on a connection that nobody has used.
   */
  post(headers: string, body: string, asker: Asker, fresh: boolean): Connection | null {
    if (this.#closed) {
      asker.failed(new ConnectionError('CONNECTIONS_CLOSED', 'Expected a request before the end.'));
      return null;
    }
    const connection = (fresh ? undefined : this.#used()) ?? this.#another();
    connection.ask(writtenRequest(this.#lines + headers, body), asker);
    return connection;
  }

  /** By a connection. */
  idle(connection: Connection, ms: number): void {
    const wait = ms < 0 ? idleMs : Math.min(ms - hintMarginMs, maxIdleMs);
    if (this.#closed || wait <= 0) {
      connection.close();
      return;
    }
    connection.idleUntil = performance.now() + wait;
    this.#idle.push(connection);
  }

  /** By a connection. */
  connected(connection: Connection): void {
    this.#watch.delete(connection);
  }

  /** By a connection. */
  ended(connection: Connection): void {
    this.#watch.delete(connection);
    const at = this.#idle.lastIndexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** By a connection. */
  closed(connection: Connection): void {
    this.#all.delete(connection);
    if (this.#all.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#closing?.();
  }

  #used(): Connection | undefined {
    const connection = this.#idle.pop();
    if (!connection || performance.now() < connection.idleUntil) return connection;
    // Nobody has swept yet.
    connection.close();
    this.#sweep();
    return this.#idle.pop();
  }

  #another(): Connection {
    const { connectTimeoutMs, maxResponseBytes } = this.#options;
    const until = performance.now() + connectTimeoutMs;
    const connection = new Connection(this.#open, this, maxResponseBytes, until);
    this.#all.add(connection);
    this.#watch.add(connection);
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepEveryMs).unref();
    return connection;
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#idle.filter(({ idleUntil }) => idleUntil <= now)) connection.close();
  }

  /** Waits for what is in flight. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#closing = resolve;
      for (const connection of [...this.#idle]) connection.close();
      if (this.#all.size === 0) resolve();
    });
    return this.#closed;
  }
}

function overTcp({ hostname, port }: URL): OpenSocket {
  const place = { host: bare(hostname), port: Number(port || 80) };
  return (onread) => ({ socket: connect({ ...place, onread }), ready: 'connect' });
}

function overTls({ hostname, port }: URL, tls: ConnectionOptions | undefined): OpenSocket {
  const host = bare(hostname);
  const servername = isIP(host) === 0 ? host : '';
  const place = { host, servername, port: Number(port || 443), ALPNProtocols: ['http/1.1'] };
  /** What spares the next connection most of the work of the first. */
  let session: Buffer | undefined;
  return (onread) => {
    // The types do not know that it takes `onread` like a socket without TLS.
    const options: ConnectionOptions & { onread: typeof onread } = { ...tls, ...place, onread };
    if (session) options.session = session;
    const socket = connectTls(options);
    socket.on('session', (next) => {
      session = next;
    });
    return { socket, ready: 'secureConnect' };
  };
}

/** Addresses of IPv6 stand in brackets in a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
