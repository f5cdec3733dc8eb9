import { connect, type NatsConnection } from '@nats-io/transport-node';
import { BusError, type BusLog } from './bus.ts';

export interface ConnectNatsOptions {
  /** `nats://host:port`, several with commas; credentials as `nats://user:password@…`. */
  url: string;
  /** Shown by the server's monitoring. */
  name: string;
  log: BusLog;
  /** How long a server that is not there yet is waited for. Default 30 000 ms. */
  withinMs?: number;
}

/** A connection to NATS that comes back for ever, and knows whether it is there. Whoever opens it closes it. */
export interface NatsLink extends AsyncDisposable {
  readonly connection: NatsConnection;
  readonly connected: boolean;
  /** Called after each time the connection has come back; returns how to stop that. */
  onReconnect(listener: () => void): () => void;
  /** Resolves when connected; rejects with `UNAVAILABLE` after `withinMs`, or `CLOSED`. */
  whenConnected(withinMs: number): Promise<void>;
}

export async function connectNats({
  url,
  name,
  log,
  withinMs = 30_000,
}: ConnectNatsOptions): Promise<NatsLink> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      const connection = await connect({
        servers: url.split(',').map((server) => server.trim()),
        name,
        timeout: 3_000, // 3 seconds to connect once
        maxReconnectAttempts: -1,
        ignoreAuthErrorAbort: true, // a password being changed must not end a service
        reconnectTimeWait: 200,
        reconnectJitter: 600, // 0.2 to 0.8 seconds between attempts, so that not all come back at once
        pingInterval: 10_000,
        maxPingOut: 2, // a dead line is noticed within 30 seconds
        noAsyncTraces: true,
      });
      return watch(connection, log);
    } catch (cause) {
      if (Date.now() >= deadline)
        throw new BusError('UNAVAILABLE', `no NATS within ${withinMs} ms`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 600));
    }
  }
}

function watch(connection: NatsConnection, log: BusLog): NatsLink {
  const listeners = new Set<() => void>();
  let connected = true;
  let back = waiter();

  const watching = (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        if (connected) back = waiter();
        connected = false;
        log.warn({ server: status.server }, 'NATS is away');
      } else if (status.type === 'reconnect') {
        connected = true;
        back.resolve();
        log.info({ server: status.server }, 'NATS is back');
        for (const listener of listeners) listener();
      } else if (status.type === 'error') {
        log.warn({ err: status.error }, 'NATS reports an error');
      }
    }
    connected = false;
    back.reject(new BusError('CLOSED', 'the connection to NATS is closed'));
  })();

  let closing: Promise<void> | undefined;
  return {
    connection,
    get connected() {
      return connected && !connection.isClosed();
    },
    onReconnect: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    whenConnected: async (withinMs) => {
      if (connection.isClosed()) throw new BusError('CLOSED', 'the connection to NATS is closed');
      if (connected) return;
      const timeout = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        timeout.reject(new BusError('UNAVAILABLE', `NATS has been away for ${withinMs} ms`));
      }, withinMs);
      try {
        await Promise.race([back.promise, timeout.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
    [Symbol.asyncDispose]: () => {
      closing ??= (async () => {
        // What has been said must be out; without a server there is nobody to say it to.
        if (connected) await connection.flush().catch(() => log.warn({}, 'NATS went away while closing'));
        await connection.close();
        await watching;
      })();
      return closing;
    },
  };
}

/** Settled for those who wait; when nobody does, its rejection is nobody's concern. */
function waiter(): PromiseWithResolvers<void> {
  const all = Promise.withResolvers<void>();
  all.promise.catch(() => undefined);
  return all;
}
